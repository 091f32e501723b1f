//! What always exists.

use vestibule_rbac::ready_made::READY_MADE;
use vestibule_rbac::{RoleId, UpdateRole};
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(
    what_is_built_in_is_made_once,
    what_is_missing_comes_back,
    ready_made_roles_are_given_once,
    a_role_of_the_same_name_stays_as_it_is,
);
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

async fn ready_made_roles_are_given_once(module: Module) {
    let names = async |module: &Module| -> Vec<String> {
        let roles = module.service.list_rbac_roles(&Default::default(), &Default::default()).await.unwrap();
        let mut names: Vec<String> = roles.into_iter().map(|role| role.name).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(&module).await, ["Admin", "Editor", "Super Admin", "Viewer"]);
    for role in READY_MADE {
        assert_eq!(module.grants(&role.id()).await, role.policies().join(" "), "{}", role.name);
        let held = module.service.list_rbac_role_policies(&module.database, &role.id()).await.unwrap();
        assert_eq!(held.len(), role.policies().len());
    }
    module.service.delete_rbac_roles(RoleId::viewer()).await.unwrap();
    let renamed = UpdateRole { name: Some("Writer".to_owned()), ..UpdateRole::new(RoleId::editor()) };
    module.service.update_rbac_roles(renamed).await.unwrap();
    assert!(!module.service.ensure_builtin().await.unwrap());
    assert_eq!(names(&module).await, ["Admin", "Super Admin", "Writer"]);
}

async fn a_role_of_the_same_name_stays_as_it_is(module: Module) {
    // A database of the version before, which has a role of this name.
    let mut transaction = module.database.begin().await.unwrap();
    for text in [
        "DELETE FROM rbac_ready_made_roles",
        "DELETE FROM rbac_role_policies WHERE role_id IN ('role_viewer', 'role_editor', 'role_admin')",
        "DELETE FROM rbac_roles WHERE id IN ('role_viewer', 'role_editor', 'role_admin')",
    ] {
        transaction.execute(text, &[]).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let own = module.role("Editor", &["user:read"], &[]).await;
    module.service.ensure_builtin().await.unwrap();
    assert_eq!(module.grants(&own.id).await, "user:read");
    assert!(module.service.retrieve_rbac_role(&RoleId::editor()).await.is_err(), "the name is taken");
    assert!(module.service.retrieve_rbac_role(&RoleId::viewer()).await.is_ok());
}
