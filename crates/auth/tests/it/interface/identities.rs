//! Identities. Each test is named after its method.

use serde_json::{Value as Json, json};
use vestibule_auth::identities::{AuthIdentityField, AuthIdentityFilter, UpdateAuthIdentity};
use vestibule_auth::{AuthIdentity, AuthIdentityId, CreateAuthIdentity, CreateProviderIdentity, ProviderIdentityId};
use vestibule_core::{Direction, ErrorKind, FindConfig};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, belonging_to, object, part, refusal, unclaimed};

on_both_engines!(
    retrieve_auth_identity,
    list_auth_identities,
    list_and_count_auth_identities,
    create_auth_identities,
    update_auth_identities,
    delete_auth_identities,
);

async fn retrieve_auth_identity(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let found = module.service.retrieve_auth_identity(identity.id).await.unwrap();
    assert_eq!((found.provider_identities.len(), &found), (1, &identity));
    let missing: AuthIdentityId = module.environment.id();
    let message = format!("AuthIdentity with id: {missing} was not found");
    let refused = refusal(module.service.retrieve_auth_identity(missing).await);
    assert_eq!(refused, (ErrorKind::NotFound, None, message));
}

fn with_metadata(app_metadata: Json, parts: impl IntoIterator<Item = CreateProviderIdentity>) -> CreateAuthIdentity {
    CreateAuthIdentity {
        id: None,
        provider_identities: parts.into_iter().collect(),
        app_metadata: object(app_metadata),
    }
}

async fn list_auth_identities(module: Module) {
    let create = [
        belonging_to("user_1", [part("emailpass", ADA), part("sso", "octocat")]),
        with_metadata(json!({ "team": "a", "level": 1, "beta": true, "user_id": "user_2" }), [part("sso", ADA)]),
        with_metadata(json!({ "team": "b", "level": 2.5, "tags": ["x"], "a\"b": { "c": null } }), []),
    ];
    let created = module.service.create_auth_identities(create).await.unwrap();
    let [first, second, third] = [&created[0], &created[1], &created[2]];
    let list = async |filter: AuthIdentityFilter| -> Vec<AuthIdentityId> {
        let found = module.service.list_auth_identities(&filter, &FindConfig::default()).await.unwrap();
        for identity in &found {
            assert!(created.contains(identity), "with its parts and its owner");
        }
        found.into_iter().map(|identity| identity.id).collect()
    };
    let metadata = |json: Json| AuthIdentityFilter { app_metadata: object(json), ..AuthIdentityFilter::everything() };
    assert_eq!(list(AuthIdentityFilter::everything()).await, [first.id, second.id, third.id]);
    let ids = |ids: &[AuthIdentityId]| AuthIdentityFilter { ids: Some(ids.to_vec()), ..AuthIdentityFilter::default() };
    assert_eq!(list(ids(&[third.id, first.id, module.environment.id()])).await, [first.id, third.id]);
    assert_eq!(list(ids(&[])).await, []);
    assert_eq!(list(AuthIdentityFilter::of_entity("emailpass", "ADA@example.com")).await, [first.id]);
    assert_eq!(list(AuthIdentityFilter::of_entity("emailpass", "octocat")).await, [], "by one provider identity");
    let by_name = AuthIdentityFilter { entity_id: Some(ADA.to_owned()), ..AuthIdentityFilter::default() };
    assert_eq!(list(by_name).await, [first.id, second.id]);
    let by_provider = AuthIdentityFilter { provider: Some("sso".to_owned()), ..AuthIdentityFilter::default() };
    assert_eq!(list(by_provider.clone()).await, [first.id, second.id]);
    let both = AuthIdentityFilter { app_metadata: object(json!({ "user_id": "user_2" })), ..by_provider };
    assert_eq!(list(both).await, [second.id]);
    for (given, expected) in [
        (json!({ "user_id": "user_1" }), vec![first.id]),
        (json!({ "user_id": null }), vec![third.id]),
        (json!({ "team": "a" }), vec![second.id]),
        (json!({ "team": null }), vec![first.id]),
        (json!({ "team": "a", "level": 1 }), vec![second.id]),
        (json!({ "level": 1.0 }), vec![second.id]),
        (json!({ "level": 2.5 }), vec![third.id]),
        (json!({ "level": "1" }), vec![]),
        (json!({ "beta": true }), vec![second.id]),
        (json!({ "beta": false }), vec![]),
        (json!({ "tags": ["x"] }), vec![third.id]),
        (json!({ "tags": ["x", "y"] }), vec![]),
        (json!({ "a\"b": { "c": null } }), vec![third.id]),
        (json!({ "team": "a\0" }), vec![]),
        (json!({ "user_id": "' OR 1 = 1 --\0" }), vec![]),
    ] {
        assert_eq!(list(metadata(given.clone())).await, expected, "{given}");
    }
    // `$or` and `$and`, nested, beside other conditions.
    let either = |any| AuthIdentityFilter { any, ..AuthIdentityFilter::everything() };
    let each = |all| AuthIdentityFilter { all, ..AuthIdentityFilter::everything() };
    let (team_a, team_b) = (metadata(json!({ "team": "a" })), metadata(json!({ "team": "b" })));
    let of_ada = AuthIdentityFilter::of_entity("sso", ADA);
    assert_eq!(list(either(vec![team_b.clone(), team_a.clone()])).await, [second.id, third.id]);
    assert_eq!(list(each(vec![team_b.clone(), team_a.clone()])).await, []);
    assert_eq!(list(each(vec![of_ada.clone(), team_a.clone()])).await, [second.id]);
    let nested = either(vec![each(vec![of_ada.clone(), team_b.clone()]), ids(&[first.id]), team_b.clone()]);
    assert_eq!(list(nested.clone()).await, [first.id, third.id]);
    assert_eq!(list(AuthIdentityFilter { ids: Some(vec![second.id, third.id]), ..nested }).await, [third.id]);
    let twice = each(vec![either(vec![team_a, team_b]), either(vec![of_ada, ids(&[first.id])])]);
    assert_eq!(list(twice).await, [second.id]);
    assert_eq!(list(either(vec![ids(&[])])).await, []);
    let find = FindConfig::default().order_by(AuthIdentityField::Id, Direction::Descending).page(1, 1);
    let page = module.service.list_auth_identities(&AuthIdentityFilter::everything(), &find).await.unwrap();
    assert_eq!(page, std::slice::from_ref(second));
}

async fn list_and_count_auth_identities(module: Module) {
    let many = (0..1_203).map(|number| unclaimed([part("p", &format!("{number}"))]));
    let created = module.service.create_auth_identities(many.collect::<Vec<_>>()).await.unwrap();
    let everything = AuthIdentityFilter::everything();
    let (found, count) =
        module.service.list_and_count_auth_identities(&everything, &FindConfig::default()).await.unwrap();
    assert_eq!((found == created, count), (true, 1_203));
    let (page, count) =
        module.service.list_and_count_auth_identities(&everything, &FindConfig::default().page(2, 3)).await.unwrap();
    assert_eq!((page.as_slice(), count), (&created[2..5], 1_203));
}

async fn create_auth_identities(module: Module) {
    let one: AuthIdentity = module.service.create_auth_identities(unclaimed([part("p", "a")])).await.unwrap();
    assert_eq!(one.entity_id(), "a");
    // With ids of the caller's own.
    let id: AuthIdentityId = "authid_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let part_id: ProviderIdentityId = "provid_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let own = |name: &str| CreateAuthIdentity {
        id: Some(id),
        ..belonging_to("user_1", [CreateProviderIdentity { id: Some(part_id), ..part("p", name) }])
    };
    let created = module.service.create_auth_identities([own("b")]).await.unwrap().remove(0);
    assert_eq!((created.id, created.provider_identities[0].id), (id, part_id));
    let taken =
        (ErrorKind::InvalidData, Some("identity_exists"), format!("An identity with id: {id}, already exists."));
    assert_eq!(refusal(module.service.create_auth_identities(own("c")).await), taken);
    let other = CreateAuthIdentity { id: None, ..own("d") };
    let message = format!("An identity with id: {part_id}, already exists.");
    assert_eq!(refusal(module.service.create_auth_identities(other).await).2, message);
}

async fn update_auth_identities(module: Module) {
    let registered = module.service.create_auth_identities(unclaimed([part("p", "a")])).await.unwrap();
    let update = |json| UpdateAuthIdentity { id: registered.id, app_metadata: object(json) };
    let tied = module.service.update_auth_identities(update(json!({ "user_id": "user_1" }))).await.unwrap();
    assert_eq!((tied.actor("user"), tied.is_claimed()), (Some("user_1"), true));
    let list = [update(json!({ "team": "a" })), update(json!({ "user_id": null }))];
    let untied = module.service.update_auth_identities(list).await.unwrap();
    assert_eq!(Json::Object(untied[1].app_metadata.clone()), json!({ "team": "a" }));
}

async fn delete_auth_identities(module: Module) {
    let (one, other) = (module.owned(ADA, "user_1").await, module.owned("bob@example.com", "user_2").await);
    let missing: AuthIdentityId = module.environment.id();
    module.service.delete_auth_identities([one.id, missing]).await.unwrap();
    assert_eq!((module.again(&one).await, module.again(&other).await.is_some()), (None, true));
    assert_eq!(module.count("provider_identities").await, 1);
}
