//! The parents of a role.

use vestibule_core::ErrorKind;
use vestibule_rbac::roles::SetParentsError;
use vestibule_rbac::{Role, UpdateRole};
use vestibule_testing::on_both_engines;

use crate::support::{Module, refusal};

on_both_engines!(
    what_changes_above_counts_below,
    role_needs_the_second_factor_that_an_ancestor_requires,
    no_role_is_its_own_ancestor,
    parents_come_and_go,
);
on_both_engines!(4 threads: a_cycle_is_not_closed_from_two_sides, a_long_cycle_is_not_closed_by_many);

async fn what_changes_above_counts_below(module: Module) {
    let top = module.role("Top", &[], &[]).await;
    let left = module.role("Left", &["user:read"], &[&top]).await;
    let right = module.role("Right", &["user:read"], &[&top]).await;
    let bottom = module.role("Bottom", &["invite:read"], &[&left, &right]).await;
    assert_eq!(module.grants(&bottom.id).await, "invite:read user:read");
    let audit = module.policy("audit:read").await.id;
    module.service.add_role_policies(&top.id, std::slice::from_ref(&audit)).await.unwrap();
    assert_eq!(module.grants(&bottom.id).await, "audit:read invite:read user:read");
    module.service.set_role_parents(&left.id, &[]).await.unwrap();
    assert_eq!(module.grants(&left.id).await, "user:read");
    assert_eq!(module.grants(&bottom.id).await, "audit:read invite:read user:read", "by the other way");
    module.service.remove_role_policy(&top.id, &audit).await.unwrap();
    assert_eq!(module.grants(&bottom.id).await, "invite:read user:read");
}

/// security.md 18
async fn role_needs_the_second_factor_that_an_ancestor_requires(module: Module) {
    let top = module.role("Top", &["user:read"], &[]).await;
    let middle = module.role("Middle", &[], &[&top]).await;
    let bottom = module.role("Bottom", &[], &[&middle]).await;
    let other = module.role("Other", &[], &[]).await;
    let service = &module.service;
    for (subject, role) in [("user_1", &top), ("user_2", &bottom), ("user_3", &other)] {
        service.assign_roles(subject, std::slice::from_ref(&role.id)).await.unwrap();
    }
    let needed = async || {
        let mut needed = Vec::new();
        for role in [&top, &middle, &bottom, &other] {
            let role = service.retrieve_rbac_role(&role.id).await.unwrap();
            needed.push((role.requires_mfa, role.needs_mfa));
        }
        let text = "SELECT id FROM rbac_subjects WHERE requires_mfa ORDER BY id";
        let subjects: Vec<String> = module.database.query_scalars(text, &[]).await.unwrap();
        (needed, subjects.join(" "))
    };
    let (none, inherited, own) = ((false, false), (false, true), (true, true));
    let require = async |role: &Role, requires| {
        let update = UpdateRole { requires_mfa: Some(requires), ..UpdateRole::new(role.id.clone()) };
        service.update_rbac_roles(update).await.unwrap()
    };
    assert_eq!(needed().await, (vec![none, none, none, none], String::new()));
    assert!(require(&top, true).await.needs_mfa);
    assert_eq!(needed().await, (vec![own, inherited, inherited, none], "user_1 user_2".to_owned()));
    service.set_role_parents(&bottom.id, &[]).await.unwrap();
    assert_eq!(needed().await, (vec![own, inherited, none, none], "user_1".to_owned()));
    service.set_role_parents(&other.id, std::slice::from_ref(&middle.id)).await.unwrap();
    assert_eq!(needed().await, (vec![own, inherited, none, inherited], "user_1 user_3".to_owned()));
    require(&other, true).await;
    require(&top, false).await;
    assert_eq!(needed().await, (vec![none, none, none, own], "user_3".to_owned()));
    require(&middle, true).await;
    service.set_role_parents(&bottom.id, std::slice::from_ref(&middle.id)).await.unwrap();
    service.delete_rbac_roles(middle.id.clone()).await.unwrap();
    let bottom = service.retrieve_rbac_role(&bottom.id).await.unwrap();
    assert!(!bottom.needs_mfa, "a deleted role requires nothing");
}

async fn no_role_is_its_own_ancestor(module: Module) {
    let top = module.role("Top", &["user:read"], &[]).await;
    let middle = module.role("Middle", &[], &[&top]).await;
    let bottom = module.role("Bottom", &[], &[&middle]).await;
    for parent in [&top, &middle, &bottom] {
        let error = module.service.set_role_parents(&top.id, std::slice::from_ref(&parent.id)).await.unwrap_err();
        assert_eq!((refusal(&error).0, refusal(&error).1), (ErrorKind::InvalidData, Some("role_cycle")), "{error}");
    }
    module.service.set_role_parents(&bottom.id, &[middle.id, top.id]).await.unwrap();
}

async fn parents_come_and_go(module: Module) {
    let one = module.role("One", &["user:read"], &[]).await;
    let other = module.role("Other", &["invite:read"], &[]).await;
    let child = module.role("Child", &[], &[&one]).await;
    let mut transaction = module.database.begin().await.unwrap();
    let parents = [other.id.clone(), one.id.clone()];
    module.service.add_role_parents_within(&mut transaction, &child.id, &parents).await.unwrap();
    assert!(module.service.remove_role_parent_within(&mut transaction, &child.id, &one.id).await.unwrap());
    assert!(!module.service.remove_role_parent_within(&mut transaction, &child.id, &one.id).await.unwrap());
    transaction.commit().await.unwrap();
    assert_eq!(module.grants(&child.id).await, "invite:read");
    let missing = "role_nosuch".parse().unwrap();
    let error = module.service.set_role_parents(&missing, &[]).await.unwrap_err();
    assert!(matches!(error, SetParentsError::NotFound { .. }), "{error:?}");
    let error = module.service.set_role_parents(&child.id, &[missing]).await.unwrap_err();
    assert_eq!(refusal(&error).2, "The following role IDs do not exist: role_nosuch");
    assert_eq!(module.grants(&child.id).await, "invite:read", "what is refused changes nothing");
}

async fn a_cycle_is_not_closed_from_two_sides(module: Module) {
    let (one, other) = (module.role("One", &[], &[]).await, module.role("Other", &[], &[]).await);
    let ids = [one.id, other.id];
    let results = module
        .sixty_four(move |service, caller| {
            let ids = ids.clone();
            async move {
                let (role, parent) = (&ids[caller % 2], &ids[1 - caller % 2]);
                (caller % 2, service.set_role_parents(role, std::slice::from_ref(parent)).await)
            }
        })
        .await;
    let closed: Vec<usize> = results.iter().filter(|(_, result)| result.is_ok()).map(|(side, _)| *side).collect();
    assert!(!closed.is_empty() && closed.iter().all(|side| *side == closed[0]), "one side alone: {closed:?}");
    for (_, result) in results.into_iter().filter(|(side, _)| *side != closed[0]) {
        assert!(matches!(result, Err(SetParentsError::Cycle { .. })), "{result:?}");
    }
}

async fn a_long_cycle_is_not_closed_by_many(module: Module) {
    let mut ids = Vec::new();
    for number in 0..64 {
        ids.push(module.role(&format!("Role {number}"), &[], &[]).await.id);
    }
    let results = module
        .sixty_four(move |service, caller| {
            let ids = ids.clone();
            async move { service.set_role_parents(&ids[caller], std::slice::from_ref(&ids[(caller + 1) % 64])).await }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1, "the last one would close it");
}
