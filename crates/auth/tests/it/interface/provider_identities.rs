//! Provider identities. Each test is named after its method.

use serde_json::json;
use vestibule_auth::identities::{ProviderIdentityField, ProviderIdentityFilter, UpdateProviderIdentity};
use vestibule_auth::{CreateProviderIdentity, ProviderIdentityId};
use vestibule_core::{Direction, ErrorKind, FindConfig, Metadata};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, belonging_to, object, part, refusal, unclaimed};

on_both_engines!(
    retrieve_provider_identity,
    list_provider_identities,
    create_provider_identities,
    update_provider_identities,
    delete_provider_identities,
);

async fn retrieve_provider_identity(module: Module) {
    let part = module.owned(ADA, "user_1").await.provider_identities.remove(0);
    assert_eq!(module.service.retrieve_provider_identity(part.id).await.unwrap(), part);
    let nothing: ProviderIdentityId = module.environment.id();
    let refused = refusal(module.service.retrieve_provider_identity(nothing).await);
    assert_eq!(refused, (ErrorKind::NotFound, None, format!("ProviderIdentity with id: {nothing} was not found")));
}

async fn list_provider_identities(module: Module) {
    let with = |provider: &str, name: &str, private, public| CreateProviderIdentity {
        provider_metadata: object(private),
        user_metadata: Metadata::new(object(public)).ok(),
        ..part(provider, name)
    };
    let create = [
        belonging_to(
            "user_1",
            [
                with("sso", "octocat", json!({ "tenant": 1 }), json!({ "name": "Octo" })),
                with("emailpass", ADA, json!({}), json!({})),
            ],
        ),
        unclaimed([part("sso", ADA)]),
    ];
    let identities = module.service.create_auth_identities(create).await.unwrap();
    let [first, second] = [&identities[0].provider_identities[0], &identities[0].provider_identities[1]];
    let third = &identities[1].provider_identities[0];
    let list = async |filter: ProviderIdentityFilter| -> Vec<ProviderIdentityId> {
        let found = module.service.list_provider_identities(&filter, &FindConfig::default()).await.unwrap();
        found.into_iter().map(|part| part.id).collect()
    };
    let all = ProviderIdentityFilter::everything;
    assert_eq!(list(all()).await, [first.id, second.id, third.id]);
    assert_eq!(list(ProviderIdentityFilter::of(identities[0].id)).await, [first.id, second.id]);
    let by_ids = ProviderIdentityFilter { ids: Some(vec![third.id, first.id]), ..all() };
    assert_eq!(list(by_ids).await, [first.id, third.id]);
    let by_name = ProviderIdentityFilter { entity_id: Some("ADA@example.com".to_owned()), ..all() };
    assert_eq!(list(by_name.clone()).await, [second.id, third.id]);
    assert_eq!(list(ProviderIdentityFilter { provider: Some("sso".to_owned()), ..by_name }).await, [third.id]);
    let private = |json| ProviderIdentityFilter { provider_metadata: object(json), ..all() };
    assert_eq!(list(private(json!({ "tenant": 1 }))).await, [first.id]);
    assert_eq!(list(private(json!({ "tenant": null }))).await, [second.id, third.id]);
    let public = |json| ProviderIdentityFilter { user_metadata: object(json), ..all() };
    assert_eq!(list(public(json!({ "name": "Octo" }))).await, [first.id]);
    assert_eq!(list(public(json!({ "name": null }))).await, [second.id, third.id]);
    let octocat = ProviderIdentityFilter { entity_id: Some("octocat".to_owned()), ..all() };
    let of_second = ProviderIdentityFilter { auth_identity_id: Some(identities[1].id), ..all() };
    let any = ProviderIdentityFilter { any: vec![octocat.clone(), of_second.clone()], ..all() };
    assert_eq!(list(any.clone()).await, [first.id, third.id]);
    assert_eq!(list(ProviderIdentityFilter { all: vec![any, of_second], ..all() }).await, [third.id]);
    let find = FindConfig::default().order_by(ProviderIdentityField::Provider, Direction::Descending).page(0, 2);
    let page = module.service.list_provider_identities(&all(), &find).await.unwrap();
    assert_eq!(page, [third.clone(), first.clone()]);
}

async fn create_provider_identities(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let one = module.service.create_provider_identities(identity.id, part("sso", "octocat")).await.unwrap();
    assert_eq!((one.auth_identity_id, one.entity_id.as_str()), (identity.id, "octocat"));
    let id: ProviderIdentityId = "provid_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let own = [CreateProviderIdentity { id: Some(id), ..part("sso", "other") }];
    let many = module.service.create_provider_identities(identity.id, own).await.unwrap();
    assert_eq!(many.iter().map(|part| part.id).collect::<Vec<_>>(), [id]);
    let again = [CreateProviderIdentity { id: Some(id), ..part("sso", "another") }];
    let again = refusal(module.service.create_provider_identities(identity.id, again).await);
    assert_eq!(again.2, format!("An identity with id: {id}, already exists."));
}

async fn update_provider_identities(module: Module) {
    let identity = module.service.create_auth_identities(belonging_to("user_1", [part("sso", "a")])).await.unwrap();
    let mut update = UpdateProviderIdentity::new(identity.provider_identities[0].id);
    update.entity_id = Some("b".to_owned());
    update.provider_metadata = object(json!({ "tenant": 1 }));
    let updated = module.service.update_provider_identities([update]).await.unwrap().remove(0);
    assert_eq!((updated.entity_id.as_str(), &updated.provider_metadata["tenant"]), ("b", &json!(1)));
    assert_eq!(module.service.retrieve_provider_identity(updated.id).await.unwrap(), updated);
}

async fn delete_provider_identities(module: Module) {
    let create = belonging_to("user_1", [part("sso", "a"), part("sso", "b")]);
    let identity = module.service.create_auth_identities(create).await.unwrap();
    let nothing: ProviderIdentityId = module.environment.id();
    module.service.delete_provider_identities([identity.provider_identities[0].id, nothing]).await.unwrap();
    let left = module.again(&identity).await.unwrap().provider_identities;
    assert_eq!(left, identity.provider_identities[1..]);
}
