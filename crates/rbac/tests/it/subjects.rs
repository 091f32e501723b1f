//! The permissions of a subject from all its roles, by the set of its roles.

use vestibule_core::Value;
use vestibule_database::{Error, FromRow, transaction};
use vestibule_rbac::UpdateRole;
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(the_row_of_a_subject_agrees_with_its_roles);
on_both_engines!(subjects_with_the_same_roles_share_a_set, a_subject_has_a_hundred_roles);
on_both_engines!(assignments_of_a_deleted_role_are_deleted_later);
on_both_engines!(4 threads: rows_agree_with_roles_after_concurrent_changes);

#[derive(Debug, PartialEq, FromRow)]
struct Subject(
    #[row(column = "id")] String,
    #[row(column = "role_ids")] String,
    #[row(column = "grants")] String,
    #[row(column = "requires_mfa")] bool,
);

/// The rows as they are, and as they must be; a subject without roles may have an empty one.
async fn rows(module: &Module) -> (Vec<Subject>, Vec<Subject>) {
    let stored = "SELECT subject.subject_id AS id, role_ids, grants, requires_mfa FROM rbac_subject_sets subject
                  JOIN rbac_role_sets ON rbac_role_sets.id = subject.set_id WHERE role_ids <> '' ORDER BY 1";
    let due = "SELECT assignment.subject_id AS id,
                   string_agg(role.id, ' ' ORDER BY role.id) AS role_ids,
                   string_agg(role.grants, ' ' ORDER BY role.id) AS grants,
                   count(*) FILTER (WHERE role.requires_mfa) > 0 AS requires_mfa
               FROM rbac_assignments assignment JOIN rbac_roles role ON role.id = assignment.role_id
               WHERE role.deleted_at IS NULL GROUP BY assignment.subject_id ORDER BY 1";
    let none: &[Value] = &[];
    (module.database.query(stored, none).await.unwrap(), module.database.query(due, none).await.unwrap())
}

async fn the_row_of_a_subject_agrees_with_its_roles(module: Module) {
    let base = module.role("Base", &["user:read"], &[]).await;
    let child = module.role("Child", &["invite:read"], &[&base]).await;
    let service = &module.service;
    service.assign_roles("user_1", std::slice::from_ref(&child.id)).await.unwrap();
    module.clock.advance(std::time::Duration::from_secs(1));
    service.assign_roles("user_1", std::slice::from_ref(&base.id)).await.unwrap();
    let row = |role_ids: String, grants: &str, requires_mfa| {
        vec![Subject("user_1".to_owned(), role_ids, grants.to_owned(), requires_mfa)]
    };
    let mut both =
        [(child.id.to_string(), "invite:read user:read", "invite:read"), (base.id.to_string(), "user:read", "")];
    both.sort();
    let [(one, of_one, later_of_one), (other, of_other, later_of_other)] = both;
    let both = format!("{one} {other}");
    assert_eq!(rows(&module).await.0, row(both.clone(), &format!("{of_one} {of_other}"), false));

    let required = UpdateRole { requires_mfa: Some(true), ..UpdateRole::new(base.id.clone()) };
    service.update_rbac_roles(required).await.unwrap();
    service.delete_rbac_policies(module.policy("user:read").await.id).await.unwrap();
    assert_eq!(rows(&module).await.0, row(both, &format!("{later_of_one} {later_of_other}"), true));

    service.delete_rbac_roles(base.id.clone()).await.unwrap();
    assert_eq!(rows(&module).await.0, row(child.id.to_string(), "invite:read", false));
    service.remove_roles("user_1", std::slice::from_ref(&child.id)).await.unwrap();
    assert_eq!(rows(&module).await, (vec![], vec![]));

    service.assign_roles("invite_1", std::slice::from_ref(&child.id)).await.unwrap();
    let moved: Result<(), Error> = async {
        transaction!(module.database, |transaction| {
            service.move_assignments_within(transaction, "invite_1", "user_1").await
        })
    }
    .await;
    moved.unwrap();
    assert_eq!(rows(&module).await.0, row(child.id.to_string(), "invite:read", false));
}

async fn rows_agree_with_roles_after_concurrent_changes(module: Module) {
    let mut roles = Vec::new();
    for name in ["One", "Two", "Three", "Four"] {
        roles.push(module.role(name, &["user:read"], &[]).await.id);
    }
    let policy = module.policy("invite:read").await.id;
    module
        .sixty_four(move |service, caller| {
            let (roles, policy) = (roles.clone(), policy.clone());
            async move {
                let (role, subject) = (&roles[caller % 4], format!("user_{}", caller % 8));
                let one = std::slice::from_ref(role);
                match caller {
                    30 => service.delete_rbac_roles(role.clone()).await.unwrap(),
                    25 | 43 => drop(service.add_role_policies(role, std::slice::from_ref(&policy)).await.unwrap()),
                    21 | 37 => {
                        let required = UpdateRole { requires_mfa: Some(true), ..UpdateRole::new(role.clone()) };
                        service.update_rbac_roles(required).await.unwrap();
                    }
                    _ if caller % 5 == 0 => drop(service.remove_roles(&subject, one).await.unwrap()),
                    // A role that was deleted in the meantime is refused.
                    _ => drop(service.assign_roles(&subject, &[role.clone(), roles[3].clone()]).await),
                }
            }
        })
        .await;
    let (stored, due) = rows(&module).await;
    assert_eq!(stored, due);
    assert!(stored.iter().any(|subject| subject.2.contains("invite:read")) && stored.iter().any(|subject| subject.3));
}

/// A change of a role writes as many rows as there are sets with the role, not as there are subjects.
async fn subjects_with_the_same_roles_share_a_set(module: Module) {
    let (one, other) = (module.role("One", &["user:read"], &[]).await.id, module.role("Other", &[], &[]).await.id);
    for number in 0..20 {
        // In either order.
        let roles = if number % 2 == 0 { [one.clone(), other.clone()] } else { [other.clone(), one.clone()] };
        for role in roles {
            module.service.assign_roles(&format!("user_{number}"), &[role]).await.unwrap();
        }
    }
    let count = async |text: &'static str| -> i64 { module.database.query_scalar(text, &[]).await.unwrap() };
    assert_eq!(count("SELECT count(DISTINCT set_id) FROM rbac_subject_sets").await, 1);
    assert_eq!(count("SELECT count(*) FROM rbac_role_sets").await, 3, "One, Other, and both");
    let policy = module.policy("invite:read").await.id;
    module.service.add_role_policies(&other, std::slice::from_ref(&policy)).await.unwrap();
    for subject in ["user_0", "user_19"] {
        assert_eq!(module.permissions(subject).await, "invite:read user:read");
    }
}

/// The names of so many are longer than what PostgreSQL indexes.
async fn a_subject_has_a_hundred_roles(module: Module) {
    let mut roles = Vec::new();
    for number in 0..100 {
        roles.push(module.role(&format!("Role {number}"), &[], &[]).await.id);
    }
    for subject in ["user_1", "user_2"] {
        module.service.assign_roles(subject, &roles).await.unwrap();
    }
    let reader = module.role("Reader", &["user:read"], &[]).await.id;
    module.service.set_role_parents(&roles[50], &[reader]).await.unwrap();
    for subject in ["user_1", "user_2"] {
        assert_eq!(module.roles_of(subject).await.len(), 100);
        assert_eq!(module.permissions(subject).await, "user:read");
    }
    let (stored, due) = rows(&module).await;
    assert_eq!(stored, due);
}

async fn assignments_of_a_deleted_role_are_deleted_later(module: Module) {
    let (gone, stays) = (module.role("Gone", &["user:read"], &[]).await.id, module.role("Stays", &[], &[]).await.id);
    let subjects: Vec<String> = (0..1_001).map(|number| format!("user_{number}")).collect();
    let assigned: Result<(), Error> = async {
        transaction!(module.database, |transaction| {
            module.service.assign_role_to_all_within(transaction, &gone, &subjects).await
        })
    }
    .await;
    assigned.unwrap();
    module.service.assign_roles("user_7", std::slice::from_ref(&stays)).await.unwrap();
    assert_eq!(module.permissions("user_8").await, "user:read");
    module.service.delete_rbac_roles(gone.clone()).await.unwrap();
    assert_eq!((module.permissions("user_7").await, module.permissions("user_8").await), Default::default());
    assert_eq!(module.roles_of("user_7").await, ["Stays"]);
    assert_eq!(module.service.remove_roles("user_8", std::slice::from_ref(&gone)).await.unwrap(), 0);
    assert_eq!(module.service.delete_assignments_of_deleted_roles().await.unwrap(), 1_001);
    assert_eq!(module.service.delete_assignments_of_deleted_roles().await.unwrap(), 0);
    assert_eq!(module.roles_of("user_7").await, ["Stays"]);
}
