//! Revoking and deleting API keys.

use std::time::Duration;

use vestibule_auth::{ApiKeyId, CreateApiKey};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{DAY, HOUR, Module, START, refusal};

on_both_engines!(a_key_is_revoked_once_and_the_earliest_counts, only_a_revoked_or_expired_key_is_deleted,);
on_both_engines!(4 threads: of_sixty_four_revocations_one_counts);

fn revoked_already() -> (ErrorKind, Option<&'static str>, String) {
    let message = "There are 1 secret keys that are already revoked.".to_owned();
    (ErrorKind::InvalidData, Some("api_key_revoked"), message)
}

async fn a_key_is_revoked_once_and_the_earliest_counts(module: Module) {
    let id = module.api_key("a").await.key.id;
    let key = module.service.revoke_api_key(id, DAY, Some("user_1")).await.unwrap();
    assert_eq!((key.revoked_at, key.revoked_by.as_deref()), (Some(START + DAY), Some("user_1")));
    assert_eq!(refusal(module.service.revoke_api_key(id, DAY, Some("user_2")).await), revoked_already());
    // An earlier revocation replaces a later one.
    let key = module.service.revoke_api_key(id, Duration::ZERO, Some("user_2")).await.unwrap();
    assert_eq!((key.revoked_at, key.revoked_by.as_deref()), (Some(START), Some("user_2")));
    module.clock.advance(HOUR);
    for after in [Duration::ZERO, HOUR] {
        assert_eq!(refusal(module.service.revoke_api_key(id, after, None).await), revoked_already());
    }
    let missing: ApiKeyId = module.environment.id();
    assert_eq!(refusal(module.service.revoke_api_key(missing, HOUR, None).await).0, ErrorKind::NotFound);
}

async fn only_a_revoked_or_expired_key_is_deleted(module: Module) {
    let create = CreateApiKey { expires_at: Some(START + DAY), ..CreateApiKey::default() };
    let expiring = module.service.create_api_key(&create).await.unwrap().key.id;
    let (revoked, later) = (module.api_key("a").await.key.id, module.api_key("b").await.key.id);
    module.service.revoke_api_key(revoked, Duration::ZERO, None).await.unwrap();
    module.service.revoke_api_key(later, DAY, None).await.unwrap();
    for id in [expiring, later] {
        let message = format!("Cannot delete api keys that are not revoked - {id}");
        let refused = refusal(module.service.delete_api_key(id).await);
        assert_eq!(refused, (ErrorKind::NotAllowed, Some("api_key_not_revoked"), message));
    }
    assert!(module.service.delete_api_key(revoked).await.unwrap());
    assert!(!module.service.delete_api_key(revoked).await.unwrap(), "it was deleted");
    assert!(!module.service.delete_api_key(module.environment.id()).await.unwrap());
    assert_eq!(refusal(module.service.retrieve_api_key(revoked).await).0, ErrorKind::NotFound);
    assert_eq!(refusal(module.service.revoke_api_key(revoked, HOUR, None).await).0, ErrorKind::NotFound);
    module.clock.set(START + DAY);
    for id in [expiring, later] {
        assert!(module.service.delete_api_key(id).await.unwrap());
    }
}

async fn of_sixty_four_revocations_one_counts(module: Module) {
    let id = module.api_key("a").await.key.id;
    let results = module
        .sixty_four(move |service, caller| async move {
            service.revoke_api_key(id, Duration::ZERO, Some(&format!("user_{caller}"))).await
        })
        .await;
    let revoked: Vec<_> = results.into_iter().filter_map(Result::ok).collect();
    assert_eq!(revoked.len(), 1);
    assert_eq!(module.service.retrieve_api_key(id).await.unwrap(), revoked[0]);
}
