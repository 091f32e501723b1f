//! Creating identities directly.

use serde_json::json;
use vestibule_auth::{AuthIdentity, CreateAuthIdentity};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, Module, PASSWORD, START, belonging_to, object, part, refusal, unclaimed};

on_both_engines!(
    one_is_returned_for_one_and_many_for_many,
    all_are_created_or_none,
    a_text_under_a_key_that_ends_in_id_names_an_owner,
    an_entity_has_one_claimed_identity,
    strangers_registrations_die_when_an_identity_is_created_for_their_address,
);

async fn one_is_returned_for_one_and_many_for_many(module: Module) {
    let service = &module.service;
    let one: AuthIdentity = service.create_auth_identities(belonging_to("user_1", [part("p", "a")])).await.unwrap();
    assert!(one.id.to_string().starts_with("authid_"), "{}", one.id);
    assert_eq!((one.created_at, one.updated_at, one.expires_at), (START, START, None));
    assert!(one.is_claimed());
    assert_eq!(one.actor("user"), Some("user_1"));
    assert_eq!(one.entity_id(), "a");
    let its_part = one.provider_identity("p").unwrap();
    assert!(its_part.id.to_string().starts_with("provid_"), "{}", its_part.id);
    assert_eq!((its_part.auth_identity_id, its_part.created_at), (one.id, START));
    assert!(one.provider_identity("q").is_none());

    let many: Vec<AuthIdentity> =
        service.create_auth_identities([unclaimed([part("p", "b"), part("q", "c")]), unclaimed([])]).await.unwrap();
    let names = |identity: &AuthIdentity| -> Vec<String> {
        identity.provider_identities.iter().map(|part| part.entity_id.clone()).collect()
    };
    assert_eq!(many.iter().map(names).collect::<Vec<_>>(), [vec!["b", "c"], vec![]]);
    for identity in &many {
        assert!(!identity.is_claimed() && identity.actor("user").is_none());
        assert_eq!(identity.expires_at, Some(START + DAY));
    }
    assert_eq!(many[1].entity_id(), "");
    assert_eq!(service.create_auth_identities(Vec::<CreateAuthIdentity>::new()).await.unwrap(), []);
    for created in [&one, &many[0], &many[1]] {
        assert_eq!(module.again(created).await.as_ref(), Some(created), "read as it was created");
    }
}

async fn all_are_created_or_none(module: Module) {
    let taken = [belonging_to("user_1", [part("p", "a")]), belonging_to("user_2", [part("p", "b"), part("p", "A")])];
    module.service.create_auth_identities(taken.clone()).await.unwrap();
    let again = [belonging_to("user_3", [part("p", "c")]), belonging_to("user_4", [part("p", "d"), part("p", "b")])];
    assert_eq!(
        refusal(module.service.create_auth_identities(again).await),
        (
            ErrorKind::InvalidData,
            Some("identity_exists"),
            "Provider identity with entity_id: b, provider: p, already exists.".to_owned()
        )
    );
    assert_eq!(module.count("auth_identities").await, 2);
    assert_eq!(module.count("auth_identity_actors").await, 2);
    assert_eq!(module.count("provider_identities").await, 3);
}

/// As in the reference, where `user_id` in the app metadata is all that ties an identity to a user.
async fn a_text_under_a_key_that_ends_in_id_names_an_owner(module: Module) {
    let create = async |app_metadata| {
        let identity =
            CreateAuthIdentity { id: None, provider_identities: Vec::new(), app_metadata: object(app_metadata) };
        module.service.create_auth_identities(identity).await.unwrap()
    };
    let shared = create(json!({ "user_id": "user_1", "customer_id": "cus_1", "roles": ["a"], "at": null })).await;
    assert!(shared.is_claimed());
    assert_eq!((shared.actor("user"), shared.actor("customer")), (Some("user_1"), Some("cus_1")));
    assert_eq!(
        serde_json::Value::Object(shared.app_metadata),
        json!({ "user_id": "user_1", "customer_id": "cus_1", "roles": ["a"], "at": null })
    );
    for metadata in [
        json!({}),
        json!({ "user_id": 5 }),
        json!({ "user_id": null }),
        json!({ "user_id": "" }),
        json!({ "_id": "x" }),
        json!({ "id": "x" }),
        json!({ "userid": "x" }),
        json!({ "user": { "user_id": "x" } }),
    ] {
        let identity = create(metadata.clone()).await;
        assert!(!identity.is_claimed(), "{metadata}");
        assert_eq!(serde_json::Value::Object(identity.app_metadata), metadata);
    }
}

/// security.md 15: compared in the canonical form of an address.
async fn an_entity_has_one_claimed_identity(module: Module) {
    let service = &module.service;
    service.create_auth_identities(belonging_to("user_1", [part("emailpass", "Ada@Example.com")])).await.unwrap();
    for spelling in [ADA, "Ada@Example.com", " ａｄａ@EXAMPLE.com"] {
        let (kind, code, message) =
            refusal(service.create_auth_identities(belonging_to("user_2", [part("emailpass", spelling)])).await);
        assert_eq!((kind, code), (ErrorKind::InvalidData, Some("identity_exists")));
        assert_eq!(
            message,
            format!("Provider identity with entity_id: {spelling}, provider: emailpass, already exists.")
        );
    }
    service.create_auth_identities(belonging_to("user_1", [part("google", ADA)])).await.expect("another provider");
    service.create_auth_identities(unclaimed([part("emailpass", ADA)])).await.expect("it blocks no one");
}

/// security.md 6
async fn strangers_registrations_die_when_an_identity_is_created_for_their_address(module: Module) {
    let stranger = module.register(ADA, "A stranger's password").await.unwrap();
    let bystander = module.register("bob@example.com", PASSWORD).await.unwrap();
    let session = module.session(&stranger, "user").await;
    module.owned("ADA@example.com", "user_1").await;
    assert_eq!(module.again(&stranger).await, None);
    assert!(!module.is_alive(&session).await);
    assert!(module.again(&bystander).await.is_some());
}
