//! Roles of a database from before second factors were inherited.

use std::sync::Arc;

use vestibule_database::{Error, Migrations, transaction};
use vestibule_rbac::MIGRATIONS;
use vestibule_testing::{SetUp, TestDatabase, on_both_engines};

on_both_engines!(migration_gives_descendants_the_second_factor_of_their_ancestors);

struct Empty(Arc<TestDatabase>);

impl SetUp for Empty {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self(place)
    }
}

const BEFORE: [&str; 4] = [
    "INSERT INTO rbac_roles (id, name, requires_mfa, grants, search_text, created_at, updated_at) VALUES
         ('role_top', 'Top', true, '', '', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
         ('role_middle', 'Middle', false, '', '', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
         ('role_bottom', 'Bottom', false, '', '', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
         ('role_other', 'Other', false, '', '', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
    "INSERT INTO rbac_role_parents (role_id, parent_id) VALUES ('role_middle', 'role_top'), ('role_bottom', 'role_middle')",
    "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES
         ('user_1', 'role_bottom', '2026-01-01T00:00:00Z'), ('user_2', 'role_other', '2026-01-01T00:00:00Z')",
    "INSERT INTO rbac_subjects (id, role_ids, grants, requires_mfa) VALUES
         ('user_1', 'role_bottom', '', false), ('user_2', 'role_other', '', false)",
];

async fn migration_gives_descendants_the_second_factor_of_their_ancestors(Empty(place): Empty) {
    let database = place.open().await;
    database.migrate(&[Migrations { module: "rbac", steps: &MIGRATIONS.steps[..2] }]).await.unwrap();
    let written: Result<(), Error> = async {
        transaction!(database, |transaction| {
            for text in BEFORE {
                transaction.execute(text, &[]).await?;
            }
            Ok(())
        })
    }
    .await;
    written.unwrap();
    database.migrate(&[MIGRATIONS]).await.unwrap();
    let ids = async |text: &'static str| -> Vec<String> { database.query_scalars(text, &[]).await.unwrap() };
    let roles = ids("SELECT id FROM rbac_roles WHERE needs_mfa ORDER BY id").await;
    assert_eq!(roles, ["role_bottom", "role_middle", "role_top"]);
    assert_eq!(ids("SELECT id FROM rbac_subjects WHERE requires_mfa ORDER BY id").await, ["user_1"]);
}
