//! Listing factors.

use vestibule_auth::MfaFactorId;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, refusal};

on_both_engines!(factors_are_listed_for_every_identity_of_the_actor, one_that_is_not_there_is_not_found);

/// security.md 18
async fn factors_are_listed_for_every_identity_of_the_actor(module: Module) {
    let enrolled = module.enrolled().await;
    let other = module.other_identity("user_1").await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let expected = [enrolled.factor];
    for id in [enrolled.identity.id, other.id] {
        assert_eq!(module.service.list_auth_mfas_of_identity(id).await.unwrap(), expected);
        assert!(module.service.has_mfa(&module.database, id).await.unwrap());
    }
    assert_eq!(module.service.list_auth_mfas_of(&module.database, "user", "user_1").await.unwrap(), expected);
    assert_eq!(module.service.list_auth_mfas_of(&module.database, "customer", "user_1").await.unwrap(), []);
    assert_eq!(module.service.list_auth_mfas_of_identity(stranger.id).await.unwrap(), []);
    assert!(!module.service.has_mfa(&module.database, stranger.id).await.unwrap());
}

async fn one_that_is_not_there_is_not_found(module: Module) {
    module.owned(ADA, "user_1").await;
    let id: MfaFactorId = "authmfa_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let message = "MFA factor with id \"authmfa_01JABCDEFGHJKMNPQRSTVWXYZ0\" was not found".to_owned();
    assert_eq!(refusal(module.service.retrieve_auth_mfa(id).await), (ErrorKind::NotFound, None, message));
}
