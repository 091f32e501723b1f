//! Ending sessions.

use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, PASSWORD};

on_both_engines!(
    one_session_ends_and_the_others_go_on,
    all_of_an_identity_end_at_once,
    another_process_sees_it_at_once
);

/// security.md 21
async fn one_session_ends_and_the_others_go_on(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let (one, other) = (module.session(&identity, "user").await, module.session(&identity, "user").await);
    let id = one.sid.parse().unwrap();
    module.service.give_cookie(id).await.unwrap().unwrap();
    assert!(module.service.end_session(id).await.unwrap());
    assert!(!module.service.end_session(id).await.unwrap(), "it was over");
    assert!(!module.is_alive(&one).await && module.is_alive(&other).await);
    assert_eq!(module.count("auth_session_cookies").await, 0);
    assert!(module.again(&identity).await.is_some());
}

async fn all_of_an_identity_end_at_once(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let bob = module.owned("bob@example.com", "user_2").await;
    let bobs = module.session(&bob, "user").await;
    for actor_type in ["user", "user", "customer"] {
        module.session(&identity, actor_type).await;
    }
    assert_eq!(module.service.end_sessions_of(identity.id).await.unwrap(), 3);
    assert_eq!(module.service.end_sessions_of(identity.id).await.unwrap(), 0);
    assert!(module.is_alive(&bobs).await);
    module.sign_in(ADA, PASSWORD).await.expect("and may sign in again");
}

async fn another_process_sees_it_at_once(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let session = module.session(&identity, "user").await;
    let id = session.sid.parse().unwrap();
    let elsewhere = module.another_process().await;
    assert!(elsewhere.refresh_session(id).await.unwrap().is_some());
    assert!(elsewhere.end_session(id).await.unwrap());
    assert!(!module.is_alive(&session).await);
}
