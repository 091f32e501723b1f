//! Creating policies.

use serde_json::json;
use vestibule_core::ErrorKind;
use vestibule_rbac::CreatePolicy;
use vestibule_rbac::policies::CreatePoliciesError;
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(a_policy_is_created_as_given, a_contradicting_key_is_refused);
on_both_engines!(4 threads: of_sixty_four_of_one_key_one_is_created);

async fn a_policy_is_created_as_given(module: Module) {
    let wanted = CreatePolicy { name: Some("Fly".into()), ..CreatePolicy::new("Widget", "FLY") };
    let policy = module.service.create_rbac_policies(wanted.clone()).await.unwrap();
    assert_eq!(
        serde_json::to_value(&policy).unwrap(),
        json!({
            "id": policy.id.to_string(), "key": "widget:fly", "resource": "widget", "operation": "fly", "name": "Fly",
            "description": null, "metadata": null, "created_at": "2026-11-22T09:30:00.000Z",
            "updated_at": "2026-11-22T09:30:00.000Z", "deleted_at": null,
        })
    );
    assert_eq!(module.service.retrieve_rbac_policy(&policy.id).await.unwrap(), policy);
    let error = module.service.create_rbac_policies(wanted).await.unwrap_err();
    let message = "Rbac policy with key: widget:fly, already exists.".to_owned();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("policy_key_taken"), message));
}

/// security.md 5: the key is what a reader relies on.
async fn a_contradicting_key_is_refused(module: Module) {
    let with_key = |key: &str| CreatePolicy { key: key.into(), ..CreatePolicy::new("widget", "read") };
    for wrong in [
        with_key("user:delete"),
        with_key("widget"),
        with_key(""),
        CreatePolicy::new("", ""),
        CreatePolicy::new("widget read user", "x"),
        CreatePolicy::new("wid:get", "read"),
        CreatePolicy::new("**", "read"),
        CreatePolicy::new("widget", "re\0ad"),
        CreatePolicy::new(&"a".repeat(65), "read"),
        CreatePolicy { name: Some("a\nb".into()), ..CreatePolicy::new("widget", "read") },
        CreatePolicy { description: Some("\0".into()), ..CreatePolicy::new("widget", "read") },
        CreatePolicy { description: Some("a".repeat(2_001)), ..CreatePolicy::new("widget", "read") },
    ] {
        let error = module.service.create_rbac_policies(wrong.clone()).await.unwrap_err();
        assert_eq!(refusal(&error).0, ErrorKind::InvalidData, "{wrong:?}");
    }
}

async fn of_sixty_four_of_one_key_one_is_created(module: Module) {
    let results = module
        .sixty_four(|service, _| async move { service.create_rbac_policies(CreatePolicy::new("widget", "read")).await })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(matches!(error, CreatePoliciesError::KeyTaken { .. }), "{error:?}");
    }
}
