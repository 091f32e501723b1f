//! Roles of a database from before second factors were inherited, and from before subjects had sets of roles.

use std::sync::Arc;

use vestibule_database::{Error, Migrations, transaction};
use vestibule_rbac::{MIGRATIONS, RbacModule, RoleId};
use vestibule_testing::{SetUp, TestDatabase, on_both_engines, test_environment};

on_both_engines!(migration_gives_descendants_the_second_factor_of_their_ancestors, migration_gives_subjects_their_sets);

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

async fn migration_gives_subjects_their_sets(Empty(place): Empty) {
    let database = place.open().await;
    database.migrate(&[Migrations { module: "rbac", steps: &MIGRATIONS.steps[..3] }]).await.unwrap();
    let time = "'2026-01-01T00:00:00Z'";
    let mut before: Vec<String> = Vec::new();
    for number in 10..50 {
        before.push(format!(
            "INSERT INTO rbac_roles (id, name, requires_mfa, needs_mfa, grants, search_text, created_at, updated_at, deleted_at)
             VALUES ('role_{number}', 'Role {number}', {needs}, {needs}, 'thing{number}:read', '', {time}, {time}, {deleted})",
            needs = number == 12,
            deleted = if number == 13 { time } else { "NULL" },
        ));
        before.push(format!("INSERT INTO rbac_assignments VALUES ('user_4', 'role_{number}', {time})"));
    }
    for (subject, role) in
        [("user_1", 11), ("user_1", 10), ("user_2", 10), ("user_2", 11), ("user_3", 12), ("user_3", 13)]
    {
        before.push(format!("INSERT INTO rbac_assignments VALUES ('{subject}', 'role_{role}', {time})"));
    }
    let written: Result<(), Error> = async {
        transaction!(database, |transaction| {
            for text in &before {
                transaction.execute(text.clone(), &[]).await?;
            }
            Ok(())
        })
    }
    .await;
    written.unwrap();
    database.migrate(&[MIGRATIONS]).await.unwrap();
    let rows = async |text: &'static str| -> Vec<String> { database.query_scalars(text, &[]).await.unwrap() };
    let sets = rows("SELECT subject_id || ': ' || set_id FROM rbac_subject_sets ORDER BY subject_id").await;
    assert_eq!(sets, ["user_1: role_10 role_11", "user_2: role_10 role_11", "user_3: role_12", "user_4: of user_4"]);
    let text = "SELECT id || ': ' || role_ids || ', ' || grants FROM rbac_subjects WHERE id <> 'user_4' ORDER BY id";
    let both = "role_10 role_11, thing10:read thing11:read";
    let expected = [format!("user_1: {both}"), format!("user_2: {both}"), "user_3: role_12, thing12:read".to_owned()];
    assert_eq!(rows(text).await, expected);
    assert_eq!(rows("SELECT id FROM rbac_subjects WHERE requires_mfa ORDER BY id").await, ["user_3", "user_4"]);
    let service = RbacModule::new(database.clone(), test_environment().0);
    service.delete_rbac_roles("role_11".parse::<RoleId>().unwrap()).await.unwrap();
    assert_eq!(service.permissions_of(&database, "user_1").await.unwrap().keys(), ["thing10:read"]);
    assert_eq!(service.permissions_of(&database, "user_4").await.unwrap().keys().len(), 38);
}
