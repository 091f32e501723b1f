//! What always exists.

use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(what_is_built_in_is_made_once, what_is_missing_comes_back);
on_both_engines!(4 threads: of_sixty_four_processes_that_start_none_fails);

async fn what_is_built_in_is_made_once(module: Module) {
    assert!(!module.service.ensure_builtin().await.unwrap());
    let policies = module.service.list_rbac_policies(&Default::default(), &Default::default()).await.unwrap();
    assert_eq!(policies.len(), vestibule_rbac::builtin::keys().len() + 1);
    let found: Vec<_> = policies
        .iter()
        .map(|policy| (policy.key.as_str(), policy.name.as_deref().unwrap(), policy.description.as_deref().unwrap()))
        .collect();
    for expected in [
        ("user:read", "ReadUser", "Read User"),
        ("rbac_role:create", "CreateRbacRole", "Create RbacRole"),
        ("api_key:delete", "DeleteApiKey", "Delete ApiKey"),
        ("*:*", "Super Admin", "Super admin policy with full access to all resources and operations"),
    ] {
        assert!(found.contains(&expected), "{expected:?}");
    }
    let role = module.service.retrieve_rbac_role(&RoleId::super_admin()).await.unwrap();
    assert_eq!((role.name.as_str(), module.grants(&role.id).await.as_str()), ("Super Admin", "*:*"));
    let held = module.service.list_rbac_role_policies(&module.database, &role.id).await.unwrap();
    assert_eq!((held[0].id.as_str(), held[0].policy_id.as_str()), ("rlpl_super_admin", "rpol_super_admin"));
}

async fn what_is_missing_comes_back(module: Module) {
    let read = module.policy("user:read").await;
    let reader = module.role("Reader", &["user:read"], &[]).await;
    module.service.delete_rbac_policies(read.id.clone()).await.unwrap();
    assert!(!module.service.ensure_builtin().await.unwrap());
    assert_ne!(module.policy("user:read").await.id, read.id);
    assert_eq!(module.grants(&reader.id).await, "", "no role has a policy that was created again");
}

async fn of_sixty_four_processes_that_start_none_fails(module: Module) {
    for text in ["DELETE FROM rbac_role_policies", "DELETE FROM rbac_roles", "DELETE FROM rbac_policies"] {
        let mut transaction = module.database.begin().await.unwrap();
        transaction.execute(text, &[]).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let made = module.sixty_four(|service, _| async move { service.ensure_builtin().await.unwrap() }).await;
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
    let policies = module.service.list_rbac_policies(&Default::default(), &Default::default()).await.unwrap();
    assert_eq!(policies.len(), vestibule_rbac::builtin::keys().len() + 1);
}
