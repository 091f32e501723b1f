//! Listing API keys by filter.

use std::time::Duration;

use vestibule_auth::ApiKeyField;
use vestibule_core::{Condition, Direction, Field, Filter, FindConfig, Value};
use vestibule_testing::on_both_engines;

use crate::support::{HOUR, Module, START};

on_both_engines!(keys_are_found_by_what_they_are, keys_are_sorted_and_paged);

async fn three(module: &Module) {
    for title in ["CI", "Nightly", "ci 50%"] {
        module.api_key(title).await;
        module.clock.advance(HOUR);
    }
}

async fn found(module: &Module, filter: Filter<ApiKeyField>, find: FindConfig<ApiKeyField>) -> Vec<String> {
    let (keys, _) = module.service.list_and_count_api_keys(&filter, &find).await.unwrap();
    keys.into_iter().map(|key| key.title).collect()
}

async fn keys_are_found_by_what_they_are(module: Module) {
    three(&module).await;
    let (keys, count) =
        module.service.list_and_count_api_keys(&Filter::everything(), &FindConfig::default()).await.unwrap();
    assert_eq!(count, 3);
    module.service.revoke_api_key(keys[1].id, Duration::ZERO, Some("user_1")).await.unwrap();
    let all = FindConfig::default;
    assert_eq!(found(&module, Filter::Search("ci".into()), all()).await, ["CI", "ci 50%"]);
    assert_eq!(found(&module, Filter::Search("%".into()), all()).await, ["ci 50%"], "literally (security.md 29)");
    assert_eq!(found(&module, Filter::Search(keys[0].redacted.clone()), all()).await, ["CI"]);
    assert_eq!(found(&module, ApiKeyField::Title.eq("CI"), all()).await, ["CI"]);
    let is_revoked = ApiKeyField::RevokedAt.is(Condition::Ne(Value::Null));
    assert_eq!(found(&module, is_revoked, all()).await, ["Nightly"]);
    assert_eq!(found(&module, ApiKeyField::RevokedBy.eq("user_1"), all()).await, ["Nightly"]);
    let later = ApiKeyField::CreatedAt.is(Condition::Gt(START.into()));
    assert_eq!(found(&module, later, all()).await, ["Nightly", "ci 50%"]);
    module.service.delete_api_key(keys[1].id).await.unwrap();
    assert_eq!(found(&module, Filter::everything(), all()).await, ["CI", "ci 50%"]);
    assert_eq!(found(&module, Filter::everything(), all().with_deleted()).await.len(), 3);
    // A new title is found, and an old one is not.
    module.service.update_api_key(keys[0].id, "Deploy").await.unwrap();
    assert_eq!(found(&module, Filter::Search("DEPLOY".into()), all()).await, ["Deploy"]);
    assert_eq!(found(&module, Filter::Search("ci".into()), all()).await, ["ci 50%"]);
}

async fn keys_are_sorted_and_paged(module: Module) {
    three(&module).await;
    let by_title = FindConfig::default().order_by(ApiKeyField::Title, Direction::Descending);
    assert_eq!(found(&module, Filter::everything(), by_title.clone()).await, ["ci 50%", "Nightly", "CI"]);
    assert_eq!(found(&module, Filter::everything(), by_title.page(1, 1)).await, ["Nightly"]);
}
