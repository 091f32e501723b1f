//! Deleting policies.

use vestibule_core::ErrorKind;
use vestibule_rbac::PolicyId;
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(no_role_has_a_deleted_policy);

async fn no_role_has_a_deleted_policy(module: Module) {
    let base = module.role("Base", &["widget:read", "user:read"], &[]).await;
    let child = module.role("Child", &["widget:read"], &[&base]).await;
    let policy = module.policy("widget:read").await;
    module.service.delete_rbac_policies(policy.id.clone()).await.unwrap();
    assert_eq!(module.grants(&base.id).await, "user:read");
    assert_eq!(module.grants(&child.id).await, "user:read");
    let error = module.service.retrieve_rbac_policy(&policy.id).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("Policy with id: {} not found", policy.id)));
    // Again, and one that never existed: ignored. The key is free.
    module.service.delete_rbac_policies([policy.id.clone(), "rpol_nosuch".parse().unwrap()]).await.unwrap();
    assert_ne!(module.policy("widget:read").await.id, policy.id);
    let error = module.service.delete_rbac_policies(PolicyId::super_admin()).await.unwrap_err();
    assert_eq!((refusal(&error).0, refusal(&error).1), (ErrorKind::NotAllowed, Some("policy_protected")));
}
