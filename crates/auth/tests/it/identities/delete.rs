//! Deleting identities.

use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, OTHER_PASSWORD, PASSWORD, belonging_to, part, refusal, wrong_password};

on_both_engines!(
    one_and_many_with_their_parts_and_sessions,
    a_part_alone_no_longer_signs_in,
    a_deleted_entity_can_come_back,
);

async fn one_and_many_with_their_parts_and_sessions(module: Module) {
    let service = &module.service;
    let mut identities = Vec::new();
    for number in 0..4 {
        identities.push(module.owned(&format!("user{number}@example.com"), &format!("user_{number}")).await);
    }
    let mut sessions = Vec::new();
    for identity in &identities {
        let session = module.session(identity, "user").await;
        service.give_cookie(session.sid.parse().unwrap()).await.unwrap().unwrap();
        sessions.push(session);
    }
    service.delete_auth_identities(identities[0].id).await.unwrap();
    service.delete_auth_identities([identities[1].id, module.environment.id(), identities[2].id]).await.unwrap();
    service.delete_auth_identities(Vec::new()).await.unwrap();
    service.delete_auth_identities(identities[0].id).await.expect("unknown ids are passed over");
    for number in 0..3 {
        assert_eq!(module.again(&identities[number]).await, None);
        assert!(!module.is_alive(&sessions[number]).await);
    }
    assert!(module.is_alive(&sessions[3]).await);
    for table in
        ["auth_identities", "auth_identity_actors", "provider_identities", "auth_sessions", "auth_session_cookies"]
    {
        assert_eq!(module.count(table).await, 1, "{table}");
    }
}

async fn a_part_alone_no_longer_signs_in(module: Module) {
    let service = &module.service;
    let owned = module.owned(ADA, "user_1").await;
    let more = service.create_provider_identities(owned.id, [part("p", "a"), part("q", "b")]).await.unwrap();
    service.delete_provider_identities(owned.provider_identities[0].id).await.unwrap();
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    assert_eq!(module.again(&owned).await.unwrap().provider_identities, more);
    service.delete_provider_identities([more[0].id, module.environment.id(), more[1].id]).await.unwrap();
    let left = module.again(&owned).await.unwrap();
    assert_eq!((left.provider_identities.len(), left.entity_id(), left.actor("user")), (0, "", Some("user_1")));
}

/// security.md 28
async fn a_deleted_entity_can_come_back(module: Module) {
    let first = module.owned(ADA, "user_1").await;
    module.service.delete_auth_identities(first.id).await.unwrap();
    let identity = belonging_to(
        "user_2",
        [module
            .service
            .password_identity(&ADA.parse().unwrap(), &vestibule_auth::PasswordSubject::new(ADA, &[]), OTHER_PASSWORD)
            .await
            .unwrap()],
    );
    module.service.create_auth_identities(identity).await.unwrap();
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    assert_eq!(module.sign_in(ADA, OTHER_PASSWORD).await.unwrap().actor("user"), Some("user_2"));
}
