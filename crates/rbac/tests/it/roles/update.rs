//! Updating roles.

use vestibule_core::{ErrorKind, Patch};
use vestibule_rbac::{RoleId, UpdateRole};
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(what_is_given_is_changed, the_super_admin_role_keeps_what_makes_it);

async fn what_is_given_is_changed(module: Module) {
    let parent = module.role("Parent", &["user:read"], &[]).await;
    let role = module.role("Observer", &[], &[]).await;
    module.clock.advance(std::time::Duration::from_secs(1));
    let base = || UpdateRole::new(role.id.clone());
    assert_eq!(module.service.update_rbac_roles(base()).await.unwrap(), role, "nothing changed, nothing written");
    let update = UpdateRole {
        name: Some("Reader".into()),
        description: Patch::Set("reads".into()),
        parent_ids: Some(vec![parent.id.clone()]),
        requires_mfa: Some(true),
        ..base()
    };
    let updated = module.service.update_rbac_roles(update).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.requires_mfa), ("Reader", true));
    assert_eq!(updated.grants.keys(), ["user:read"]);
    assert!(updated.updated_at > role.updated_at);
    let cleared = UpdateRole { description: Patch::Clear, parent_ids: Some(Vec::new()), ..base() };
    let cleared = module.service.update_rbac_roles(cleared).await.unwrap();
    assert!(cleared.description.is_none() && cleared.grants.is_empty());
    let error =
        module.service.update_rbac_roles(UpdateRole { name: Some("Parent".into()), ..base() }).await.unwrap_err();
    let message = "Rbac role with name: Parent, already exists.".to_owned();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("role_name_taken"), message));
    let error = module.service.update_rbac_roles(UpdateRole::new("role_nosuch".parse().unwrap())).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, "Role with id \"role_nosuch\" not found".into()));
}

/// security.md 27
async fn the_super_admin_role_keeps_what_makes_it(module: Module) {
    let other = module.role("Other", &["user:read"], &[]).await;
    let base = || UpdateRole::new(RoleId::super_admin());
    for update in [
        UpdateRole { name: Some("Renamed".into()), ..base() },
        UpdateRole { parent_ids: Some(vec![other.id.clone()]), ..base() },
    ] {
        let error = module.service.update_rbac_roles(update).await.unwrap_err();
        assert_eq!((refusal(&error).0, refusal(&error).1), (ErrorKind::NotAllowed, Some("role_protected")));
    }
    let role = RoleId::super_admin();
    let error = module.service.delete_rbac_roles(role.clone()).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("role_protected"));
    let error = module.service.remove_role_policy(&role, &"rpol_super_admin".parse().unwrap()).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("role_protected"));
    let policy = module.policy("user:read").await.id;
    let error = module.service.add_role_policies(&role, &[policy]).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("role_protected"));
    let allowed = UpdateRole { description: Patch::Set("All".into()), requires_mfa: Some(true), ..base() };
    assert!(module.service.update_rbac_roles(allowed).await.unwrap().requires_mfa);
    assert_eq!(module.grants(&role).await, "*:*");
}
