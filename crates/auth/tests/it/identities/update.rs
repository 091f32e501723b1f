//! Changing what programs keep of identities.

use serde_json::{Value as Json, json};
use vestibule_auth::identities::{RetrieveIdentityError, UpdateAuthIdentity, UpdateProviderIdentity};
use vestibule_auth::{AuthIdentity, AuthIdentityId, ProviderIdentity, ProviderIdentityId};
use vestibule_core::{ErrorKind, Metadata};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, HOUR, Module, PASSWORD, START, object, refusal};

on_both_engines!(
    app_metadata_is_replaced_and_the_owner_stays,
    user_metadata_is_replaced_and_what_the_provider_keeps_stays,
    what_is_not_there_is_named,
    many_are_changed_all_or_none,
);

async fn update(module: &Module, id: AuthIdentityId, given: Json) -> Result<AuthIdentity, RetrieveIdentityError> {
    module.service.update_auth_identities(UpdateAuthIdentity { id, app_metadata: object(given) }).await
}

async fn update_part(
    module: &Module,
    id: ProviderIdentityId,
    user_metadata: Option<Metadata>,
) -> Result<ProviderIdentity, RetrieveIdentityError> {
    module.service.update_provider_identities(UpdateProviderIdentity { id, user_metadata }).await
}

/// Whoever may write app metadata cannot give an identity to somebody else by it.
async fn app_metadata_is_replaced_and_the_owner_stays(module: Module) {
    let created = module.owned(ADA, "user_1").await;
    module.clock.advance(HOUR);
    for (given, kept) in [
        (json!({ "roles": ["a"] }), json!({ "roles": ["a"], "user_id": "user_1" })),
        (json!({ "user_id": "user_2", "customer_id": "cus_1", "b": 1 }), json!({ "b": 1, "user_id": "user_1" })),
        (json!({ "user_id": null }), json!({ "user_id": "user_1" })),
        (json!({}), json!({ "user_id": "user_1" })),
    ] {
        let updated = update(&module, created.id, given.clone()).await.unwrap();
        assert_eq!(Json::Object(updated.app_metadata.clone()), kept, "{given}");
        assert_eq!((updated.actor("user"), updated.actor("customer")), (Some("user_1"), None), "{given}");
        assert_eq!((updated.created_at, updated.updated_at), (START, START + HOUR));
        assert_eq!(module.again(&created).await, Some(updated));
    }
    let waiting = module.register("bob@example.com", PASSWORD).await.unwrap();
    let updated = update(&module, waiting.id, json!({ "user_id": "user_1" })).await.unwrap();
    assert_eq!((updated.is_claimed(), updated.actor("user")), (false, None));
}

async fn user_metadata_is_replaced_and_what_the_provider_keeps_stays(module: Module) {
    let part = module.owned(ADA, "user_1").await.provider_identities.remove(0);
    assert_eq!(part.user_metadata, None);
    module.clock.advance(HOUR);
    for metadata in [json!({ "name": "Ada" }), json!({ "nick": { "a": [1] } })] {
        let metadata = Some(Metadata::new(object(metadata)).unwrap());
        let updated = update_part(&module, part.id, metadata.clone()).await.unwrap();
        assert_eq!((updated.updated_at, &updated.user_metadata), (START + HOUR, &metadata));
        assert_eq!(updated.provider_metadata, part.provider_metadata);
    }
    let updated = update_part(&module, part.id, None).await.unwrap();
    assert_eq!(updated.user_metadata, None);
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

async fn what_is_not_there_is_named(module: Module) {
    let identity: AuthIdentityId = module.environment.id();
    let part: ProviderIdentityId = module.environment.id();
    let (kind, _, message) = refusal(update(&module, identity, json!({})).await);
    assert_eq!((kind, message), (ErrorKind::NotFound, format!("AuthIdentity with id: {identity} was not found")));
    let (kind, _, message) = refusal(update_part(&module, part, None).await);
    assert_eq!((kind, message), (ErrorKind::NotFound, format!("ProviderIdentity with id: {part} was not found")));
}

async fn many_are_changed_all_or_none(module: Module) {
    let ada = module.owned(ADA, "user_1").await;
    let bob = module.owned("bob@example.com", "user_2").await;
    let change = |id, text: &str| UpdateAuthIdentity { id, app_metadata: object(json!({ "team": text })) };
    let updated = module.service.update_auth_identities([change(ada.id, "a"), change(bob.id, "b")]).await.unwrap();
    assert_eq!(updated.iter().map(|identity| &identity.app_metadata["team"]).collect::<Vec<_>>(), ["a", "b"]);
    let nobody: AuthIdentityId = module.environment.id();
    refusal(module.service.update_auth_identities([change(ada.id, "c"), change(nobody, "d")]).await);
    assert_eq!(module.again(&ada).await, updated.into_iter().next());
}
