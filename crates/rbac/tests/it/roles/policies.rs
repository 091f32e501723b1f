//! The policies of a role.

use serde_json::json;
use vestibule_core::ErrorKind;
use vestibule_rbac::roles::RolePoliciesError;
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(policies_come_and_go, inherited_policies_name_their_ancestor);
on_both_engines!(4 threads: of_sixty_four_additions_of_one_policy_one_succeeds);

async fn policies_come_and_go(module: Module) {
    let role = module.role("Observer", &["user:read"], &[]).await;
    let (read, invite) = (module.policy("user:read").await.id, module.policy("invite:read").await.id);
    let added = module.service.add_role_policies(&role.id, std::slice::from_ref(&invite)).await.unwrap();
    assert_eq!(
        serde_json::to_value(&added).unwrap(),
        json!([{
            "id": added[0].id.to_string(), "role_id": role.id.to_string(), "policy_id": invite.to_string(),
            "metadata": null, "created_at": "2026-11-22T09:30:00.000Z", "updated_at": "2026-11-22T09:30:00.000Z",
            "deleted_at": null,
        }])
    );
    let listed = module.service.list_rbac_role_policies(&module.database, &role.id).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|held| held.policy_id.clone()).collect();
    assert_eq!(ids, [read.clone(), invite.clone()]);
    let error = module.service.add_role_policies(&role.id, std::slice::from_ref(&read)).await.unwrap_err();
    let message = format!("Rbac role policy with role_id: {}, policy_id: {read}, already exists.", role.id);
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, Some("role_policy_held"), message));
    let error = module.service.add_role_policies(&"role_nosuch".parse().unwrap(), &[read]).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, "Role with id: role_nosuch not found".into()));
    let gone = module.service.remove_role_policy(&role.id, &invite).await.unwrap();
    assert_eq!(gone.as_ref(), Some(&added[0].id));
    assert_eq!(module.service.remove_role_policy(&role.id, &invite).await.unwrap(), None);
    assert_eq!(module.grants(&role.id).await, "user:read");
}

async fn inherited_policies_name_their_ancestor(module: Module) {
    let base = module.role("Base", &["user:read", "audit:read"], &[]).await;
    let child = module.role("Child", &["invite:read", "user:read"], &[&base]).await;
    let held = module.service.list_policies_for_role(&module.database, &child.id).await.unwrap();
    let found: Vec<_> = held.iter().map(|held| (held.policy.key.as_str(), held.inherited_from.as_ref())).collect();
    assert_eq!(found, [("invite:read", None), ("user:read", None), ("audit:read", Some(&base.id))]);
}

async fn of_sixty_four_additions_of_one_policy_one_succeeds(module: Module) {
    let role = module.role("Observer", &[], &[]).await.id;
    let policy = module.policy("user:read").await.id;
    let results = module
        .sixty_four(move |service, _| {
            let (role, policy) = (role.clone(), policy.clone());
            async move { service.add_role_policies(&role, &[policy]).await }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(matches!(error, RolePoliciesError::AlreadyHeld { .. }), "{error:?}");
    }
}
