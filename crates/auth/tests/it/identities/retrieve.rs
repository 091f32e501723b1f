//! Retrieving and listing identities.

use serde_json::json;
use vestibule_auth::identities::{AuthIdentityFilter, ProviderIdentityFilter};
use vestibule_auth::{AuthIdentity, AuthIdentityId, CreateAuthIdentity, ProviderIdentityId};
use vestibule_core::{ErrorKind, FindConfig};
use vestibule_database::Error;
use vestibule_database::transaction;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, PASSWORD, belonging_to, object, part, refusal, unclaimed};

on_both_engines!(
    by_id,
    what_is_not_there_is_named,
    by_owner_and_by_name,
    page_by_page_in_the_order_of_creation,
    the_providers_of_an_actor,
    within_a_transaction_what_it_has_written_is_seen,
);

async fn by_id(module: Module) {
    let created = module.owned(ADA, "user_1").await;
    assert_eq!(module.service.retrieve_auth_identity(created.id).await.unwrap(), created);
    let part = &created.provider_identities[0];
    assert_eq!(&module.service.retrieve_provider_identity(part.id).await.unwrap(), part);
    let (of_identity, find) = (ProviderIdentityFilter::of(created.id), FindConfig::default());
    let parts = module.service.list_provider_identities(&of_identity, &find);
    assert_eq!(parts.await.unwrap(), created.provider_identities);
}

async fn what_is_not_there_is_named(module: Module) {
    let identity: AuthIdentityId = module.environment.id();
    let part: ProviderIdentityId = module.environment.id();
    assert_eq!(
        refusal(module.service.retrieve_auth_identity(identity).await),
        (ErrorKind::NotFound, None, format!("AuthIdentity with id: {identity} was not found"))
    );
    assert_eq!(
        refusal(module.service.retrieve_provider_identity(part).await),
        (ErrorKind::NotFound, None, format!("ProviderIdentity with id: {part} was not found"))
    );
    let (of_identity, find) = (ProviderIdentityFilter::of(identity), FindConfig::default());
    let parts = module.service.list_provider_identities(&of_identity, &find);
    assert_eq!(parts.await.unwrap(), []);
}

async fn by_owner_and_by_name(module: Module) {
    let service = &module.service;
    let ada = module.owned("Ada@Example.com", "user_1").await;
    let also_ada = service
        .create_auth_identities(CreateAuthIdentity {
            id: None,
            provider_identities: vec![part("github", "Ada")],
            app_metadata: object(json!({ "user_id": "user_1", "customer_id": "user_2" })),
        })
        .await
        .unwrap();
    let waiting = service
        .create_auth_identities(unclaimed([part("google", ADA), part("google", "ADA@example.com")]))
        .await
        .unwrap();
    let list = async |filter| service.list_auth_identities(&filter, &FindConfig::default()).await.unwrap();
    let (actor, entity) = (AuthIdentityFilter::of_actor, AuthIdentityFilter::of_entity);
    assert_eq!(list(AuthIdentityFilter::everything()).await, [ada.clone(), also_ada.clone(), waiting.clone()]);
    assert_eq!(list(actor("user", "user_1")).await, [ada.clone(), also_ada.clone()]);
    assert_eq!(list(actor("customer", "user_2")).await, std::slice::from_ref(&also_ada));
    assert_eq!(list(actor("user", "user_2")).await, []);
    assert_eq!(list(actor("", "' OR 1 = 1 --")).await, []);
    assert_eq!(list(entity("emailpass", "ADA@example.com")).await, [ada]);
    assert_eq!(list(entity("github", "Ada")).await, [also_ada]);
    assert_eq!(list(entity("github", "ada")).await, [], "a name that is no address is compared as it is");
    assert_eq!(list(entity("google", ADA)).await, [waiting], "once, though it has the name twice");
    assert_eq!(list(entity("emailpass", "bob@example.com")).await, []);
}

async fn page_by_page_in_the_order_of_creation(module: Module) {
    let created = module.service.create_auth_identities(vec![unclaimed([]); 5]).await.unwrap();
    let page = async |skip, take| -> Vec<AuthIdentity> {
        let find = FindConfig::default().page(skip, take);
        module.service.list_auth_identities(&AuthIdentityFilter::everything(), &find).await.unwrap()
    };
    assert_eq!(page(0, 2).await, created[..2]);
    assert_eq!(page(2, 2).await, created[2..4]);
    assert_eq!(page(4, u64::MAX).await, created[4..]);
    assert_eq!(page(5, 2).await, []);
    assert_eq!(page(0, 0).await, []);
}

async fn the_providers_of_an_actor(module: Module) {
    let service = &module.service;
    module.owned(ADA, "user_1").await;
    let second = belonging_to("user_1", [part("github", "ada"), part("emailpass", "work@example.com")]);
    service.create_auth_identities([second, belonging_to("user_2", [part("google", ADA)])]).await.unwrap();
    module.register(ADA, PASSWORD).await.unwrap_err();
    assert_eq!(service.list_providers_of("user", "user_1").await.unwrap(), ["emailpass", "github"]);
    assert_eq!(service.list_providers_of("customer", "user_1").await.unwrap(), Vec::<String>::new());
}

async fn within_a_transaction_what_it_has_written_is_seen(module: Module) {
    let registered = module.register(ADA, PASSWORD).await.unwrap();
    let seen: Result<(), Error> = async {
        transaction!(module.database, |transaction| {
            module.service.claim_identity_within(transaction, registered.id, "user", "user_1").await.unwrap();
            let within = module.service.retrieve_auth_identity_within(&mut *transaction, registered.id).await.unwrap();
            assert_eq!(within.actor("user"), Some("user_1"));
            Ok(())
        })
    }
    .await;
    seen.unwrap();
}
