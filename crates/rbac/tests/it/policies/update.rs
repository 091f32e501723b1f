//! Updating policies.

use vestibule_core::{ErrorKind, Patch};
use vestibule_rbac::{PolicyId, UpdatePolicy};
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(roles_hold_what_a_policy_has_become, key_resource_and_operation_stay_one, some_stay_as_they_are);

async fn roles_hold_what_a_policy_has_become(module: Module) {
    let base = module.role("Base", &["widget:read"], &[]).await;
    let child = module.role("Child", &["user:read"], &[&base]).await;
    module.service.assign_roles("user_1", std::slice::from_ref(&child.id)).await.unwrap();
    let policy = module.policy("widget:read").await;
    let update = UpdatePolicy { operation: Some("delete".into()), ..UpdatePolicy::new(policy.id.clone()) };
    let policy = module.service.update_rbac_policies(update).await.unwrap();
    assert_eq!((policy.key.as_str(), policy.operation.as_str()), ("widget:delete", "delete"));
    assert_eq!(module.permissions("user_1").await, "user:read widget:delete");
}

async fn key_resource_and_operation_stay_one(module: Module) {
    let policy = module.policy("widget:read").await;
    let base = || UpdatePolicy::new(policy.id.clone());
    let text = |text: &str| Some(text.to_owned());
    for (update, expected) in [
        (UpdatePolicy { key: text("gadget:update"), ..base() }, "gadget:update"),
        (UpdatePolicy { resource: text("Widget"), ..base() }, "widget:update"),
        (UpdatePolicy { key: text("a:b"), resource: text("a"), operation: text("b"), ..base() }, "a:b"),
        (UpdatePolicy { name: Patch::Set("Name".into()), ..base() }, "a:b"),
    ] {
        let updated = module.service.update_rbac_policies(update).await.unwrap();
        assert_eq!(updated.key, expected);
        assert_eq!(format!("{}:{}", updated.resource, updated.operation), expected);
    }
    for wrong in [
        UpdatePolicy { key: text("nocolon"), ..base() },
        UpdatePolicy { key: text("a:b"), operation: text("c"), ..base() },
        UpdatePolicy { key: text("user:read"), ..base() },
        UpdatePolicy { operation: text(""), ..base() },
    ] {
        let error = module.service.update_rbac_policies(wrong.clone()).await.unwrap_err();
        assert_eq!(refusal(&error).0, ErrorKind::InvalidData, "{wrong:?}");
    }
}

async fn some_stay_as_they_are(module: Module) {
    let everything = || UpdatePolicy::new(PolicyId::super_admin());
    let error = module
        .service
        .update_rbac_policies(UpdatePolicy { key: Some("user:read".into()), ..everything() })
        .await
        .unwrap_err();
    assert_eq!((refusal(&error).0, refusal(&error).1), (ErrorKind::NotAllowed, Some("policy_protected")));
    let described = UpdatePolicy { description: Patch::Set("All".into()), ..everything() };
    assert_eq!(module.service.update_rbac_policies(described).await.unwrap().description.as_deref(), Some("All"));
    let error =
        module.service.update_rbac_policies(UpdatePolicy::new("rpol_nosuch".parse().unwrap())).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, "Policy with id \"rpol_nosuch\" not found".into()));
}
