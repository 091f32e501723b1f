//! Creating roles.

use serde_json::json;
use vestibule_core::ErrorKind;
use vestibule_rbac::CreateRole;
use vestibule_rbac::roles::CreateRolesError;
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(a_role_has_what_it_was_given, what_cannot_be_a_role_is_refused);
on_both_engines!(4 threads: of_sixty_four_of_one_name_one_is_created);

async fn a_role_has_what_it_was_given(module: Module) {
    let parent = module.role("Parent", &["invite:read"], &[]).await;
    let wanted = CreateRole {
        description: Some("reads".into()),
        policy_ids: vec![module.policy("user:read").await.id],
        parent_ids: vec![parent.id.clone()],
        requires_mfa: true,
        ..CreateRole::new("Observer")
    };
    let role = module.service.create_rbac_roles(wanted).await.unwrap();
    assert_eq!(
        serde_json::to_value(&role).unwrap(),
        json!({
            "id": role.id.to_string(), "name": "Observer", "description": "reads", "metadata": null,
            "requires_mfa": true, "created_at": "2026-11-22T09:30:00.000Z",
            "updated_at": "2026-11-22T09:30:00.000Z", "deleted_at": null,
        })
    );
    assert_eq!(role.grants.keys(), ["invite:read", "user:read"]);
    assert_eq!(module.service.retrieve_rbac_role(&role.id).await.unwrap(), role);
    assert_eq!(module.service.parents_of_role(&module.database, &role.id).await.unwrap(), [parent]);
}

async fn what_cannot_be_a_role_is_refused(module: Module) {
    module.role("Observer", &[], &[]).await;
    let read = module.policy("user:read").await.id;
    let base = || CreateRole::new("Other");
    for (role, kind, message) in [
        (CreateRole::new("Observer"), ErrorKind::InvalidData, "Rbac role with name: Observer, already exists."),
        (CreateRole::new(""), ErrorKind::InvalidData, "name is empty"),
        (CreateRole::new(" "), ErrorKind::InvalidData, "name is empty"),
        (CreateRole::new("a\nb"), ErrorKind::InvalidData, "name has a control character"),
        (CreateRole::new("é".repeat(256)), ErrorKind::InvalidData, "name is longer than 255 characters"),
        (
            CreateRole { policy_ids: vec!["rpol_nosuch".parse().unwrap(), read.clone()], ..base() },
            ErrorKind::NotFound,
            "The following policies do not exist: rpol_nosuch",
        ),
        (
            CreateRole { parent_ids: vec!["role_a".parse().unwrap(), "role_b".parse().unwrap()], ..base() },
            ErrorKind::InvalidData,
            "The following role IDs do not exist: role_a, role_b",
        ),
    ] {
        let error = module.service.create_rbac_roles(role).await.unwrap_err();
        assert_eq!((refusal(&error).0, refusal(&error).2.as_str()), (kind, message));
    }
    let twice = CreateRole { policy_ids: vec![read.clone(), read], ..base() };
    let error = module.service.create_rbac_roles(twice).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("role_policy_held"));
    // Nothing of it is left: the name is free.
    module.role("Other", &[], &[]).await;
}

async fn of_sixty_four_of_one_name_one_is_created(module: Module) {
    let results = module
        .sixty_four(|service, _| async move { service.create_rbac_roles(CreateRole::new("Observer")).await })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(matches!(error, CreateRolesError::NameTaken { .. }), "{error:?}");
    }
}
