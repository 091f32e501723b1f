//! The number of subjects with a role is that of their assignments, whatever is written, and by however many.

use std::sync::Arc;

use vestibule_core::Random;
use vestibule_database::{Database, Error, Migrations, transaction};
use vestibule_rbac::{COUNTS, MIGRATIONS, RbacModule, Role};
use vestibule_testing::{SeededRandom, TestDatabase, on_both_engines, test_environment};

use crate::support::Module;

on_both_engines!(4 threads: sixty_four_writers_are_counted);
on_both_engines!(random_changes_are_counted, assignments_of_the_version_before_are_counted);

/// Asserts that the counts of users are those of the assignments of roles that are not deleted.
async fn agree(database: &Database, service: &RbacModule, roles: &[Role]) {
    assert_eq!(database.wrong_counts(&[COUNTS]).await.unwrap(), []);
    let of_each = service.find_counts_of_subjects("user").await.unwrap().unwrap();
    for role in roles.iter().map(|role| &role.id) {
        let subjects = service.subjects(database, role).await.unwrap();
        let users = subjects.iter().filter(|subject| subject.starts_with("user_")).count();
        let users = u64::try_from(users).unwrap();
        assert_eq!(service.find_count_of_subjects(role, "user").await.unwrap(), Some(users), "{role}");
        // Assignments of a deleted role stay for a while.
        if service.retrieve_rbac_role(role).await.is_ok() {
            assert_eq!(of_each.get(role).copied().unwrap_or(0), users, "{role}");
        }
    }
}

/// One of a few subjects, most of them users.
fn subject(number: usize) -> String {
    let kinds = ["user", "user", "user", "invite", "apk"];
    format!("{}_{}", kinds[number % kinds.len()], number % 20)
}

/// A kind of change, and whom and what it is about.
async fn change(module: &Module, [kind, number, place]: [usize; 3], roles: &[Role]) {
    let service = &module.service;
    let (one, another) = (&roles[place % roles.len()].id, &roles[place / 11 % roles.len()].id);
    let (subject, other) = (subject(number), subject(number / 3 + 1));
    let changed: Result<(), Error> = async {
        match kind % 16 {
            // Some of the roles are deleted: they are refused, and nothing is counted.
            0..=6 => drop(service.assign_roles(&subject, &[one.clone(), another.clone()]).await),
            7..=9 => drop(service.remove_roles(&subject, &[one.clone(), another.clone()]).await?),
            10 | 11 => {
                transaction!(module.database, |transaction| service
                    .remove_subject_within(transaction, &subject)
                    .await)?;
            }
            12 => {
                transaction!(module.database, |transaction| {
                    service.move_assignments_within(transaction, &subject, &other).await
                })?;
            }
            13 => {
                let both = [subject.clone(), other.clone()];
                transaction!(module.database, |transaction| {
                    service.assign_role_to_all_within(transaction, &roles[0].id, &both).await
                })?;
            }
            14 => {
                // What PostgreSQL's processes have counted looks ten minutes (times 2^32) old.
                let age = "UPDATE rbac_counts SET slot = slot - 42949672960 WHERE slot <> 0";
                transaction!(module.database, |transaction| transaction.execute(age, &[]).await)?;
                module.database.fold_counts(&[COUNTS]).await?;
            }
            _ => drop(service.delete_assignments_of_deleted_roles().await?),
        }
        Ok(())
    }
    .await;
    changed.unwrap();
}

async fn random_changes_are_counted(module: Module) {
    let mut roles = Vec::new();
    for number in 0..5 {
        roles.push(module.role(&format!("Role {number}"), &["thing:read"], &[]).await);
    }
    // The same changes in every run: what fails, fails again.
    let random = SeededRandom::new(33);
    for step in 0..300 {
        let mut dice = [0; 3];
        random.fill(&mut dice);
        change(&module, dice.map(usize::from), &roles).await;
        if step == 150 {
            module.service.delete_rbac_roles(roles[4].id.clone()).await.unwrap();
        }
        if step % 20 == 0 {
            agree(&module.database, &module.service, &roles).await;
        }
    }
    agree(&module.database, &module.service, &roles).await;
    let count = module.service.find_count_of_subjects(&roles[0].id, "user").await.unwrap();
    assert!(count.is_some_and(|count| count > 2), "{count:?}");
}

async fn sixty_four_writers_are_counted(module: Module) {
    let mut roles = Vec::new();
    for number in 0..3 {
        roles.push(module.role(&format!("Role {number}"), &["thing:read"], &[]).await);
    }
    let (ids, database) = (roles.iter().map(|role| role.id.clone()).collect::<Vec<_>>(), module.database.clone());
    module
        .sixty_four(move |service, caller| {
            let (ids, database) = (ids.clone(), database.clone());
            async move {
                for round in 0..6 {
                    // Four write to the same subject.
                    let subject = format!("user_{}", caller / 4 * 10 + round);
                    service.assign_roles(&subject, &ids[..2]).await.unwrap();
                    service.assign_roles(&subject, &[ids[caller % 3].clone()]).await.unwrap();
                    match (caller + round) % 3 {
                        0 => drop(service.remove_roles(&subject, &[ids[0].clone()]).await.unwrap()),
                        1 if caller % 8 == 3 => database.fold_counts(&[COUNTS]).await.unwrap(),
                        _ => {}
                    }
                }
            }
        })
        .await;
    agree(&module.database, &module.service, &roles).await;
    let all = module.service.find_counts_of_subjects("user").await.unwrap().unwrap();
    assert_eq!(all.get(&roles[1].id), Some(&96));
}

async fn assignments_of_the_version_before_are_counted(place: Arc<TestDatabase>) {
    let database = place.open().await;
    database.migrate(&[Migrations { module: "rbac", steps: &MIGRATIONS.steps[..5] }]).await.unwrap();
    let write = async |text: &'static str| {
        let written: Result<u64, Error> =
            async { transaction!(database, |transaction| transaction.execute(text, &[]).await) }.await;
        written.unwrap()
    };
    write(
        "INSERT INTO rbac_roles (id, name, requires_mfa, grants, search_text, created_at, updated_at) VALUES
             ('role_one', 'One', false, '', '', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
             ('role_two', 'Two', false, '', '', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
    )
    .await;
    write(
        "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES
             ('user_1', 'role_one', '2026-01-01T00:00:00Z'), ('user_2', 'role_one', '2026-01-01T00:00:00Z'),
             ('user_2', 'role_two', '2026-01-01T00:00:00Z'), ('invite_1', 'role_one', '2026-01-01T00:00:00Z')",
    )
    .await;
    database.migrate(&[MIGRATIONS]).await.unwrap();
    let again = "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES
                     ('user_3', 'role_two', '2026-01-01T00:00:00Z'), ('user_2', 'role_two', '2026-01-01T00:00:00Z')
                 ON CONFLICT DO NOTHING";
    assert_eq!(write(again).await, 1);
    database.fill_counts(&[COUNTS]).await.unwrap();
    write("UPDATE rbac_assignments SET role_id = 'role_two' WHERE subject_id = 'user_1'").await;
    assert_eq!(database.wrong_counts(&[COUNTS]).await.unwrap(), []);
    let counts =
        RbacModule::new(database, test_environment().0).find_counts_of_subjects("user").await.unwrap().unwrap();
    let mut counts: Vec<_> = counts.into_iter().map(|(role, count)| (role.to_string(), count)).collect();
    counts.sort();
    assert_eq!(counts, [("role_one".to_owned(), 1), ("role_two".to_owned(), 3)]);
}
