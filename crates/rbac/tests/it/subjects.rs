//! The permissions of a subject from all its roles, in one row.

use vestibule_core::Value;
use vestibule_database::{Error, FromRow, transaction};
use vestibule_rbac::UpdateRole;
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(the_row_of_a_subject_agrees_with_its_roles);
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
    let stored = "SELECT id, role_ids, grants, requires_mfa FROM rbac_subjects WHERE role_ids <> '' ORDER BY id";
    let due = "SELECT assignment.subject_id AS id,
                   string_agg(role.id, ' ' ORDER BY assignment.created_at, role.id) AS role_ids,
                   string_agg(role.grants, ' ' ORDER BY assignment.created_at, role.id) AS grants,
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
    let both = format!("{} {}", child.id, base.id);
    assert_eq!(rows(&module).await.0, row(both.clone(), "invite:read user:read user:read", false));

    let required = UpdateRole { requires_mfa: Some(true), ..UpdateRole::new(base.id.clone()) };
    service.update_rbac_roles(required).await.unwrap();
    service.delete_rbac_policies(module.policy("user:read").await.id).await.unwrap();
    assert_eq!(rows(&module).await.0, row(both, "invite:read ", true));

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
