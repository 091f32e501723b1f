//! Adding a provider identity to an existing identity.

use vestibule_auth::{AuthIdentityId, CreateProviderIdentity, ProviderIdentity};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, HOUR, Module, PASSWORD, START, belonging_to, part, refusal, unclaimed};

on_both_engines!(
    one_is_returned_for_one_and_many_for_many,
    all_are_added_or_none,
    parts_of_an_unclaimed_identity_are_claimed_with_it,
    a_name_added_to_a_claimed_identity_is_its_own,
    an_identity_that_is_not_there_gets_none,
);

async fn one_is_returned_for_one_and_many_for_many(module: Module) {
    let service = &module.service;
    let identity = service.create_auth_identities(belonging_to("user_1", [])).await.unwrap();
    module.clock.advance(HOUR);
    let one: ProviderIdentity = service.create_provider_identities(identity.id, part("p", "a")).await.unwrap();
    assert_eq!((one.auth_identity_id, one.provider.as_str(), one.entity_id.as_str()), (identity.id, "p", "a"));
    assert_eq!(one.created_at, START + HOUR);
    let many: Vec<ProviderIdentity> =
        service.create_provider_identities(identity.id, [part("p", "b"), part("q", "a")]).await.unwrap();
    assert_eq!(many.len(), 2);
    let none = service.create_provider_identities(identity.id, Vec::<CreateProviderIdentity>::new()).await.unwrap();
    assert_eq!(none, []);
    let identity = module.again(&identity).await.unwrap();
    assert_eq!(identity.provider_identities, [vec![one], many].concat());
    assert_eq!(identity.updated_at, START + HOUR, "an identity with another name is another identity");
}

async fn all_are_added_or_none(module: Module) {
    let service = &module.service;
    service.create_auth_identities(belonging_to("user_1", [part("p", "taken")])).await.unwrap();
    let identity = service.create_auth_identities(belonging_to("user_2", [])).await.unwrap();
    let parts = [part("p", "free"), part("p", "taken")];
    assert_eq!(
        refusal(service.create_provider_identities(identity.id, parts).await),
        (
            ErrorKind::InvalidData,
            Some("identity_exists"),
            "Provider identity with entity_id: taken, provider: p, already exists.".to_owned()
        )
    );
    assert_eq!(module.again(&identity).await, Some(identity));
}

/// security.md 6: until it is claimed, its entity id blocks no one.
async fn parts_of_an_unclaimed_identity_are_claimed_with_it(module: Module) {
    let service = &module.service;
    let [one, other] = [module.register(ADA, PASSWORD).await.unwrap(), {
        service.create_auth_identities(unclaimed([])).await.unwrap()
    }];
    for identity in [&one, &other] {
        service.create_provider_identities(identity.id, part("p", "a")).await.unwrap();
    }
    module.claim(one.id, "user_1").await.unwrap();
    let (kind, code, _) = refusal(service.create_auth_identities(belonging_to("user_2", [part("p", "a")])).await);
    assert_eq!((kind, code), (ErrorKind::InvalidData, Some("identity_exists")));
    assert_eq!(module.again(&other).await, None, "a rival by one of its names");
}

async fn a_name_added_to_a_claimed_identity_is_its_own(module: Module) {
    let service = &module.service;
    let owned = module.owned("work@example.com", "user_1").await;
    let stranger = module.register(ADA, PASSWORD).await.unwrap();
    let added = service
        .password_identity(&ADA.parse().unwrap(), &vestibule_auth::PasswordSubject::new(ADA, &[]), "Second-trombone-42")
        .await
        .unwrap();
    service.create_provider_identities(owned.id, added).await.unwrap();
    assert_eq!(module.again(&stranger).await, None, "what a stranger registered under the new name is gone");
    assert_eq!(module.sign_in(ADA, "Second-trombone-42").await.unwrap().id, owned.id);
    assert_eq!(module.sign_in("work@example.com", PASSWORD).await.unwrap().id, owned.id);
}

async fn an_identity_that_is_not_there_gets_none(module: Module) {
    let missing: AuthIdentityId = module.environment.id();
    assert_eq!(
        refusal(module.service.create_provider_identities(missing, part("p", "a")).await),
        (ErrorKind::NotFound, None, format!("AuthIdentity with id: {missing} was not found"))
    );
    assert_eq!(module.count("provider_identities").await, 0);
}
