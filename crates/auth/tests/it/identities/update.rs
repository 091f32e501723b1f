//! Updating the metadata of identities, which includes their owners.

use serde_json::{Value as Json, json};
use vestibule_auth::identities::{UpdateAuthIdentity, UpdateIdentitiesError, UpdateProviderIdentity};
use vestibule_auth::password_reset::CreatePasswordResetToken;
use vestibule_auth::{AuthIdentity, AuthIdentityId, ProviderIdentity, ProviderIdentityId};
use vestibule_core::{ErrorKind, Metadata, MetadataPatch};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, HOUR, Module, OTHER_PASSWORD, PASSWORD, START, object, part, refusal, unclaimed};

on_both_engines!(
    app_metadata_is_merged_key_by_key,
    user_id_ties_the_identity_to_its_user,
    an_identity_of_one_user_is_not_tied_to_another,
    null_unties_the_identity_and_ends_its_sessions,
    untying_leaves_the_second_factor_with_the_user,
    a_name_that_is_taken_cannot_be_tied,
    a_provider_identity_is_changed_key_by_key,
    a_name_is_changed_where_it_is_free,
    a_hash_that_is_replaced_replaces_the_password,
    what_is_not_there_is_named,
    many_are_changed_all_or_none,
);

async fn update(module: &Module, id: AuthIdentityId, given: Json) -> Result<AuthIdentity, UpdateIdentitiesError> {
    module.service.update_auth_identities(UpdateAuthIdentity { id, app_metadata: object(given) }).await
}

async fn update_part(
    module: &Module,
    update: UpdateProviderIdentity,
) -> Result<ProviderIdentity, UpdateIdentitiesError> {
    module.service.update_provider_identities(update).await
}

async fn app_metadata_is_merged_key_by_key(module: Module) {
    let created = module.owned(ADA, "user_1").await;
    module.clock.advance(HOUR);
    for (given, stored) in [
        (json!({ "roles": ["a"], "a": { "b": 1 } }), json!({ "roles": ["a"], "a": { "b": 1 }, "user_id": "user_1" })),
        (json!({ "a": { "c": 2 } }), json!({ "roles": ["a"], "a": { "b": 1, "c": 2 }, "user_id": "user_1" })),
        (json!({ "roles": null, "a": "" }), json!({ "roles": null, "a": "", "user_id": "user_1" })),
        (json!({ "user_id": "user_1", "a": 1 }), json!({ "roles": null, "a": 1, "user_id": "user_1" })),
        (json!({}), json!({ "roles": null, "a": 1, "user_id": "user_1" })),
    ] {
        let updated = update(&module, created.id, given.clone()).await.unwrap();
        assert_eq!(Json::Object(updated.app_metadata.clone()), stored, "{given}");
        assert_eq!((updated.created_at, updated.updated_at), (START, START + HOUR));
        assert_eq!(module.again(&created).await, Some(updated));
    }
    for bad in [json!({ "a": "\0" }), json!({ "user_id": "user\0" }), json!({ "a": "x".repeat(70_000) })] {
        assert_eq!(refusal(update(&module, created.id, bad).await).0, ErrorKind::InvalidData);
    }
}

/// security.md 6
async fn user_id_ties_the_identity_to_its_user(module: Module) {
    let stranger = module.register(ADA, OTHER_PASSWORD).await.unwrap();
    let registered = module.register(ADA, PASSWORD).await.unwrap();
    let session = module.session(&registered, "user").await;
    let tied = update(&module, registered.id, json!({ "user_id": "user_1", "team": "a" })).await.unwrap();
    assert_eq!((tied.is_claimed(), tied.actor("user")), (true, Some("user_1")));
    assert_eq!(Json::Object(tied.app_metadata.clone()), json!({ "user_id": "user_1", "team": "a" }));
    assert_eq!(module.again(&stranger).await, None, "what a stranger registered is gone");
    let refreshed = module.service.refresh_session(session.sid.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(refreshed.actor_id, "user_1");
    assert_eq!(module.count("auth_identity_actors WHERE actor_type = 'user' AND actor_id = 'user_1'").await, 1);
    // Another type of actor beside it.
    let both = update(&module, registered.id, json!({ "customer_id": "cus_1" })).await.unwrap();
    assert_eq!((both.actor("user"), both.actor("customer")), (Some("user_1"), Some("cus_1")));
    module.clock.advance(2 * DAY);
    module.service.delete_expired().await.unwrap();
    assert!(module.again(&registered).await.is_some());
}

async fn an_identity_of_one_user_is_not_tied_to_another(module: Module) {
    let created = module.owned(ADA, "user_1").await;
    let taken = (
        ErrorKind::InvalidData,
        Some("identity_claimed"),
        "This sign-in already belongs to another account.".to_owned(),
    );
    assert_eq!(refusal(update(&module, created.id, json!({ "user_id": "user_2", "a": 1 })).await), taken);
    assert_eq!(module.again(&created).await, Some(created.clone()), "nothing is half done");
    update(&module, created.id, json!({ "user_id": null })).await.unwrap();
    let moved = update(&module, created.id, json!({ "user_id": "user_2" })).await.unwrap();
    assert_eq!(moved.actor("user"), Some("user_2"));
    // An expired one is tied to no one.
    let late = module.register("bob@example.com", PASSWORD).await.unwrap();
    module.clock.advance(DAY);
    assert_eq!(refusal(update(&module, late.id, json!({ "user_id": "user_3" })).await).1, Some("registration_expired"));
}

/// security.md 21
async fn null_unties_the_identity_and_ends_its_sessions(module: Module) {
    for (address, nothing) in [(ADA, Json::Null), ("bob@example.com", json!(""))] {
        let registered = module.register(address, PASSWORD).await.unwrap();
        update(&module, registered.id, json!({ "user_id": "user_1", "customer_id": "cus_1" })).await.unwrap();
        let (as_user, as_customer) =
            (module.session(&registered, "user").await, module.session(&registered, "customer").await);
        let untied = update(&module, registered.id, json!({ "user_id": nothing })).await.unwrap();
        assert_eq!(Json::Object(untied.app_metadata.clone()), json!({ "customer_id": "cus_1" }));
        assert!(untied.is_claimed() && !module.is_alive(&as_user).await && module.is_alive(&as_customer).await);
        let untied = update(&module, registered.id, json!({ "customer_id": nothing })).await.unwrap();
        assert_eq!(untied.expires_at, Some(module.clock_now() + DAY), "it blocks no one");
        module.register(address, OTHER_PASSWORD).await.unwrap();
        assert_eq!(module.sign_in(address, PASSWORD).await.unwrap().id, registered.id);
        // Nothing was tied: nothing happens.
        update(&module, registered.id, json!({ "user_id": null })).await.unwrap();
    }
}

/// security.md 18
async fn untying_leaves_the_second_factor_with_the_user(module: Module) {
    let enrolled = module.enrolled().await;
    module.recovery_codes(enrolled.identity.id, 2).await;
    let other = module.other_identity("user_1").await;
    update(&module, enrolled.identity.id, json!({ "user_id": null })).await.unwrap();
    assert!(module.service.has_mfa(&module.database, other.id).await.unwrap());
    assert!(!module.service.has_mfa(&module.database, enrolled.identity.id).await.unwrap());
    let codes = format!("auth_mfa_recovery_codes WHERE auth_identity_id = '{}'", other.id);
    assert_eq!(module.count(&codes).await, 2);
    // The last identity keeps it, for the next owner.
    update(&module, other.id, json!({ "user_id": null })).await.unwrap();
    assert!(module.service.has_mfa(&module.database, other.id).await.unwrap());
}

async fn a_name_that_is_taken_cannot_be_tied(module: Module) {
    module.owned(ADA, "user_1").await;
    let second = module.service.create_auth_identities(unclaimed([part("emailpass", ADA)])).await.unwrap();
    let refused = refusal(update(&module, second.id, json!({ "user_id": "user_2" })).await);
    assert_eq!(refused.1, Some("identity_exists"));
}

async fn a_provider_identity_is_changed_key_by_key(module: Module) {
    let created = module.owned(ADA, "user_1").await.provider_identities.remove(0);
    module.clock.advance(HOUR);
    let patch = |json| MetadataPatch::Merge(Metadata::new(object(json)).unwrap());
    let mut change = UpdateProviderIdentity::new(created.id);
    change.user_metadata = patch(json!({ "name": "Ada", "nick": { "a": [1] } }));
    change.provider_metadata = object(json!({ "tenant": { "id": 1 } }));
    let updated = update_part(&module, change.clone()).await.unwrap();
    assert_eq!(serde_json::to_value(&updated.user_metadata).unwrap(), json!({ "name": "Ada", "nick": { "a": [1] } }));
    assert_eq!(updated.provider_metadata["tenant"], json!({ "id": 1 }));
    assert_eq!(updated.provider_metadata["password"], created.provider_metadata["password"]);
    assert_eq!((updated.updated_at, updated.entity_id.as_str()), (START + HOUR, ADA));
    change.user_metadata = patch(json!({ "nick": "" }));
    change.provider_metadata = object(json!({ "tenant": { "name": "x" } }));
    let updated = update_part(&module, change).await.unwrap();
    assert_eq!(serde_json::to_value(&updated.user_metadata).unwrap(), json!({ "name": "Ada" }));
    assert_eq!(updated.provider_metadata["tenant"], json!({ "id": 1, "name": "x" }));
    let clear =
        UpdateProviderIdentity { user_metadata: MetadataPatch::Clear, ..UpdateProviderIdentity::new(created.id) };
    assert_eq!(update_part(&module, clear).await.unwrap().user_metadata, None);
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

/// security.md 6 and 45
async fn a_name_is_changed_where_it_is_free(module: Module) {
    const NEW: &str = "Ada.Lovelace@example.com";
    let ada = module.owned(ADA, "user_1").await;
    module.owned("bob@example.com", "user_2").await;
    let stranger = module.register("ada.lovelace@example.com", OTHER_PASSWORD).await.unwrap();
    let create = CreatePasswordResetToken { provider: "emailpass", entity_id: ADA, lifetime: None };
    module.service.create_password_reset_token(&create).await.unwrap();
    let rename = |name: &str| UpdateProviderIdentity {
        entity_id: Some(name.to_owned()),
        ..UpdateProviderIdentity::new(ada.provider_identities[0].id)
    };
    let refused = refusal(update_part(&module, rename("BOB@example.com")).await);
    assert_eq!((refused.0, refused.1), (ErrorKind::InvalidData, Some("identity_exists")));
    for bad in ["", "a\r\nb", "\0"] {
        assert_eq!(refusal(update_part(&module, rename(bad)).await).0, ErrorKind::InvalidData, "{bad:?}");
    }
    assert_eq!(module.count("auth_password_resets").await, 1);
    let renamed = update_part(&module, rename(NEW)).await.unwrap();
    assert_eq!((renamed.entity_id.as_str(), renamed.entity_canonical.as_str()), (NEW, "ada.lovelace@example.com"));
    assert_eq!(module.count("auth_password_resets").await, 0);
    assert_eq!(module.again(&stranger).await, None);
    assert_eq!(module.sign_in(NEW, PASSWORD).await.unwrap().id, ada.id);
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), crate::support::wrong_password());
}

async fn a_hash_that_is_replaced_replaces_the_password(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    let other = module
        .service
        .password_identity(&ADA.parse().unwrap(), &vestibule_auth::PasswordSubject::new(ADA, &[]), OTHER_PASSWORD)
        .await
        .unwrap();
    let mut change = UpdateProviderIdentity::new(ada.provider_identities[0].id);
    change.provider_metadata = other.provider_metadata;
    assert!(!format!("{change:?}").contains("argon2id"), "security.md 31");
    update_part(&module, change).await.unwrap();
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), crate::support::wrong_password());
    module.sign_in(ADA, OTHER_PASSWORD).await.unwrap();
}

async fn what_is_not_there_is_named(module: Module) {
    let identity: AuthIdentityId = module.environment.id();
    let part: ProviderIdentityId = module.environment.id();
    let (kind, _, message) = refusal(update(&module, identity, json!({})).await);
    assert_eq!((kind, message), (ErrorKind::NotFound, format!("AuthIdentity with id: {identity} was not found")));
    let (kind, _, message) = refusal(update_part(&module, UpdateProviderIdentity::new(part)).await);
    assert_eq!((kind, message), (ErrorKind::NotFound, format!("ProviderIdentity with id: {part} was not found")));
}

async fn many_are_changed_all_or_none(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    let bob = module.owned("bob@example.com", "user_2").await;
    let change = |id, text: &str| UpdateAuthIdentity { id, app_metadata: object(json!({ "team": text })) };
    let updated = module.service.update_auth_identities([change(ada.id, "a"), change(bob.id, "b")]).await.unwrap();
    assert_eq!(updated.iter().map(|identity| &identity.app_metadata["team"]).collect::<Vec<_>>(), ["a", "b"]);
    let missing: AuthIdentityId = module.environment.id();
    refusal(module.service.update_auth_identities([change(ada.id, "c"), change(missing, "d")]).await);
    assert_eq!(module.again(&ada).await, updated.into_iter().next());
}
