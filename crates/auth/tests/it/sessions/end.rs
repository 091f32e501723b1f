//! Ending sessions.

use vestibule_auth::{SecondFactor, Session, SessionId, SessionToken, StartSession};
use vestibule_database::{Error, transaction};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, PASSWORD};

on_both_engines!(
    one_session_ends_and_the_others_go_on,
    all_of_an_identity_end_at_once,
    another_process_sees_it_at_once,
    one_ends_ones_own_and_no_others,
    all_of_an_actor_end_but_one,
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

/// Ends a session as this user's.
async fn end_own(module: &Module, user: &str, id: SessionId) -> bool {
    let ended: Result<bool, Error> = async {
        transaction!(module.database, |transaction| {
            module.service.end_session_of_within(transaction, "user", user, id).await
        })
    }
    .await;
    ended.unwrap()
}

/// Ends every session of this user but the excepted one.
async fn end_all(module: &Module, user: &str, except: Option<SessionId>) -> u64 {
    let ended: Result<u64, Error> = async {
        transaction!(module.database, |transaction| {
            module.service.end_sessions_of_actor_within(transaction, "user", user, except).await
        })
    }
    .await;
    ended.unwrap()
}

/// security.md 21: another user who knows a session's id cannot end it.
async fn one_ends_ones_own_and_no_others(module: Module) {
    let (ada, bob) = (module.owned(ADA, "user_1").await, module.owned("bob@example.com", "user_2").await);
    let second = module.owned("ada@home.example", "user_1").await;
    let session = module.session(&ada, "user").await;
    let customers = module.session(&ada, "customer").await;
    let by_second = module.session(&second, "user").await;
    let bobs = module.session(&bob, "user").await;
    let id = |session: &SessionToken| session.sid.parse::<SessionId>().unwrap();
    assert!(!end_own(&module, "user_1", id(&bobs)).await && !end_own(&module, "user_1", id(&customers)).await);
    assert!(!end_own(&module, "user_3", id(&session)).await);
    assert!(!end_own(&module, "user_1", module.environment.id()).await);
    assert!(end_own(&module, "user_1", id(&session)).await && !end_own(&module, "user_1", id(&session)).await);
    assert!(end_own(&module, "user_1", id(&by_second)).await, "by whichever identity");
    assert!(module.is_alive(&bobs).await && module.is_alive(&customers).await);
}

/// security.md 21
async fn all_of_an_actor_end_but_one(module: Module) {
    let (ada, bob) = (module.owned(ADA, "user_1").await, module.owned("bob@example.com", "user_2").await);
    let second = module.owned("ada@home.example", "user_1").await;
    let current = module.session(&ada, "user").await;
    let (others, customers) = (module.session(&second, "user").await, module.session(&ada, "customer").await);
    let start = StartSession { second_factor: SecondFactor::Due, ..StartSession::new(&ada, "user", "emailpass") };
    let half: Result<Session, Error> = async {
        transaction!(module.database, |transaction| module.service.start_session_within(transaction, &start).await)
    }
    .await;
    let bobs = module.session(&bob, "user").await;
    assert_eq!(end_all(&module, "user_1", Some(current.sid.parse().unwrap())).await, 2);
    assert!(module.service.find_session(&module.database, half.unwrap().id).await.unwrap().is_none());
    assert!(module.is_alive(&current).await && !module.is_alive(&others).await);
    assert!(module.is_alive(&customers).await && module.is_alive(&bobs).await);
    assert_eq!(end_all(&module, "user_1", None).await, 1);
    assert!(!module.is_alive(&current).await);
    assert_eq!(end_all(&module, "user_1", None).await, 0);
}
