//! Why a subject may do something.

use vestibule_rbac::explain::Named;
use vestibule_rbac::{PolicyId, Reason, RoleId};
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(every_role_and_ancestor_that_permits_is_found);

async fn every_role_and_ancestor_that_permits_is_found(module: Module) {
    let base = module.role("Base", &["user:read"], &[]).await;
    let middle = module.role("Middle", &[], &[&base]).await;
    let reader = module.role("Reader", &["invite:read"], &[&middle]).await;
    let all = module.role("All", &["user:*"], &[]).await;
    module.service.assign_roles("user_1", &[reader.id.clone(), all.id.clone()]).await.unwrap();
    let named = |role: &vestibule_rbac::Role| Named { id: role.id.clone(), name: role.name.clone() };
    let reasons = module.service.explain(&module.database, "user_1", "user:read").await.unwrap();
    let inherited = Reason {
        role: named(&reader),
        inherited_from: Some(named(&base)),
        policy_id: module.policy("user:read").await.id,
        policy: "user:read".into(),
    };
    let own = Reason {
        role: named(&all),
        inherited_from: None,
        policy_id: module.policy("user:*").await.id,
        policy: "user:*".into(),
    };
    assert_eq!(reasons, [inherited, own]);
    for (subject, policy) in [("user_1", "audit:read"), ("user_1", "nonsense"), ("user_2", "user:read")] {
        assert_eq!(module.service.explain(&module.database, subject, policy).await.unwrap(), [], "{subject} {policy}");
    }
    module.service.assign_roles("user_2", &[RoleId::super_admin()]).await.unwrap();
    let reasons = module.service.explain(&module.database, "user_2", "audit:read").await.unwrap();
    assert_eq!(reasons[0].policy_id, PolicyId::super_admin());
}
