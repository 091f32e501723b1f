//! Deleting an actor's identities.

use serde_json::json;
use vestibule_auth::CreateAuthIdentity;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, HOUR, Module, PASSWORD, START, object, part, refusal, wrong_password};

on_both_engines!(
    all_identities_of_an_actor_go_with_their_sessions,
    a_shared_identity_stays_with_whom_it_also_belongs_to,
    an_address_comes_back_and_inherits_nothing,
);

async fn all_identities_of_an_actor_go_with_their_sessions(module: Module) {
    let (one, two) = (module.owned(ADA, "user_1").await, module.owned("work@example.com", "user_1").await);
    let other = module.owned("bob@example.com", "user_2").await;
    let sessions = [module.session(&one, "user").await, module.session(&two, "customer").await];
    let others_session = module.session(&other, "user").await;
    let registered = module.register("eve@example.com", PASSWORD).await.unwrap();

    module.remove_actor("user", "user_1").await;
    for (identity, session) in [(one, &sessions[0]), (two, &sessions[1])] {
        assert_eq!(module.again(&identity).await, None);
        assert!(!module.is_alive(session).await);
    }
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    let left = module.again(&other).await.unwrap();
    assert_eq!((left.id, &left.app_metadata), (other.id, &other.app_metadata));
    assert!(module.is_alive(&others_session).await);
    assert!(module.again(&registered).await.is_some());
    module.remove_actor("user", "user_1").await;
    module.remove_actor("customer", "user_2").await;
    assert_eq!(module.again(&other).await, Some(left), "an id alone does not make an actor");
}

async fn a_shared_identity_stays_with_whom_it_also_belongs_to(module: Module) {
    let mut identity = CreateAuthIdentity {
        id: None,
        provider_identities: vec![
            module
                .service
                .password_identity(&ADA.parse().unwrap(), &vestibule_auth::PasswordSubject::new(ADA, &[]), PASSWORD)
                .await
                .unwrap(),
        ],
        app_metadata: object(json!({ "user_id": "user_1", "customer_id": "cus_1" })),
    };
    let shared = module.service.create_auth_identities(identity.clone()).await.unwrap();
    identity.provider_identities = vec![part("emailpass", "bob@example.com")];
    identity.app_metadata = object(json!({ "user_id": "user_1" }));
    let own = module.service.create_auth_identities(identity).await.unwrap();
    let (as_user, as_customer) = (module.session(&shared, "user").await, module.session(&shared, "customer").await);

    module.clock.advance(HOUR);
    module.remove_actor("user", "user_1").await;
    assert_eq!(module.again(&own).await, None);
    assert!(!module.is_alive(&as_user).await && module.is_alive(&as_customer).await);
    let left = module.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!((left.id, left.actor("user"), left.actor("customer")), (shared.id, None, Some("cus_1")));
    assert!(left.is_claimed());
    assert_eq!((left.created_at, left.updated_at), (START, START + HOUR));

    module.remove_actor("customer", "cus_1").await;
    assert_eq!(module.again(&shared).await, None);
    assert_eq!(module.count("auth_sessions").await, 0);
}

/// security.md 28
async fn an_address_comes_back_and_inherits_nothing(module: Module) {
    let first = module.owned(ADA, "user_1").await;
    module.remove_actor("user", "user_1").await;
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    let second = module.register(ADA, PASSWORD).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!((second.actor("user"), second.is_claimed()), (None, false));
    module.claim(second.id, "user_2").await.unwrap();
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap().actor("user"), Some("user_2"));
}
