//! What an actor has to verify before they are fully signed in.

use vestibule_auth::{AuthModule, RequestVerification, RequiredVerification};
use vestibule_testing::on_both_engines;

use super::of;
use crate::support::{ADA, Module, belonging_to, part};

on_both_engines!(only_actors_that_must_verify_wait, the_entity_id_of_the_sign_in_counts, what_is_outstanding_is_found,);

fn required(entity_type: &str) -> RequiredVerification {
    RequiredVerification { entity_type: entity_type.to_owned(), auth_provider: "emailpass".to_owned() }
}

fn strict(module: &Module) -> AuthModule {
    module.with_options(|options| {
        let required = [("user", vec![required("email")]), ("customer", vec![required("email"), required("phone")])];
        options.verifications_per_actor = required.map(|(name, list)| (name.to_owned(), list)).into();
    })
}

async fn only_actors_that_must_verify_wait(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let google = belonging_to("user_1", [part("google", ADA)]);
    let google = module.service.create_auth_identities(google).await.unwrap();
    let service = strict(&module);
    for (identity, actor_type, provider, waits) in [
        (&owned, "user", "emailpass", true),
        (&owned, "customer", "emailpass", true),
        (&owned, "vendor", "emailpass", false),
        (&google, "user", "google", false),
        (&google, "user", "emailpass", true),
    ] {
        let found = service.awaits_verification(&module.database, identity, actor_type, provider).await.unwrap();
        assert_eq!(found, waits, "{actor_type} {provider}");
    }
    assert!(!module.service.awaits_verification(&module.database, &owned, "user", "emailpass").await.unwrap());
}

/// As in the reference: another address, or a telephone number, is not the entity id of the sign-in.
async fn the_entity_id_of_the_sign_in_counts(module: Module) {
    let owned = module.owned("Ada@example.com", "user_1").await;
    let service = strict(&module);
    let waits = async |actor_type| {
        service.awaits_verification(&module.database, &owned, actor_type, "emailpass").await.unwrap()
    };
    for request in [
        of(&owned, "other@example.com"),
        RequestVerification { entity_type: "phone", ..of(&owned, "+4912345") },
        RequestVerification { entity_type: "nosuch", ..of(&owned, ADA) },
    ] {
        let code = module.code(&request).await;
        service.confirm_auth_verification(&code, None).await.unwrap();
        assert!(waits("user").await && waits("customer").await, "{request:?}");
    }
    let code = module.code(&of(&owned, ADA)).await;
    assert!(waits("user").await);
    service.confirm_auth_verification(&code, None).await.unwrap();
    assert!(!waits("user").await && !waits("customer").await);
}

async fn what_is_outstanding_is_found(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let find = async || module.service.find_verification(&module.database, &owned, "emailpass").await.unwrap();
    assert_eq!(find().await, None);
    module.code(&of(&owned, "other@example.com")).await;
    assert_eq!(find().await, None, "another address");
    let code = module.code(&of(&owned, ADA)).await;
    assert_eq!(find().await.unwrap().entity_id, ADA);
    assert_eq!(module.service.find_verification(&module.database, &owned, "google").await.unwrap(), None);
    module.service.confirm_auth_verification(&code, None).await.unwrap();
    assert_eq!(find().await, None);
}
