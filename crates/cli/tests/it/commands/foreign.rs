//! A database that another program uses, or with missing tables.

use vestibule::database::Engine;
use vestibule_testing::on_both_engines;

use crate::support::Place;
use crate::support::rows::{execute, texts};

on_both_engines!(
    foreign_tables_with_vestibules_names_stop_every_command,
    another_programs_history_is_recognized,
    missing_tables_stop_every_command,
    other_tables_are_reported_and_kept,
    commands_that_read_create_no_tables,
);

const COMMANDS: [&str; 6] = [
    "migrate",
    "migrate --status",
    "serve --listen 127.0.0.1:0",
    "worker",
    "user list",
    "user create --email ada@example.com --password correct-horse",
];

/// Returns everything in the database that has a name.
async fn names(place: &Place) -> Vec<String> {
    let database = place.open().await;
    let text = match database.engine() {
        Engine::Sqlite => "SELECT name AS value FROM sqlite_master ORDER BY name",
        Engine::Postgres => {
            "SELECT relname::text AS value FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        }
    };
    texts(&database, text, &[]).await
}

async fn create(place: &Place, statements: &[&str]) {
    let database = place.open().await;
    for statement in statements {
        execute(&database, statement, &[]).await;
    }
}

async fn all_refused(place: &Place, parts: &[&str]) {
    let before = names(place).await;
    for command in COMMANDS {
        let message = place.run(command).await.failed(2);
        assert!(message.contains("nothing was changed"), "{command}: {message}");
        for part in parts {
            assert!(message.contains(part), "{command}: {message}");
        }
    }
    assert_eq!(names(place).await, before);
}

async fn foreign_tables_with_vestibules_names_stop_every_command(place: Place) {
    create(&place, &["CREATE TABLE users (id bigint PRIMARY KEY, login text)", "CREATE TABLE invites (code text)"])
        .await;
    all_refused(&place, &["users", "invites"]).await;
    let database = place.open().await;
    execute(&database, "DROP TABLE users", &[]).await;
    execute(&database, "DROP TABLE invites", &[]).await;
    // An index with a needed name is enough, however late it is needed.
    execute(&database, "CREATE TABLE theirs (id text)", &[]).await;
    execute(&database, "CREATE INDEX webhook_endpoints ON theirs (id)", &[]).await;
    drop(database);
    all_refused(&place, &["webhook_endpoints"]).await;
}

async fn another_programs_history_is_recognized(place: Place) {
    create(&place, &["CREATE TABLE migrations_user (id bigint PRIMARY KEY, name text)"]).await;
    all_refused(&place, &["migrations_user"]).await;
}

async fn missing_tables_stop_every_command(place: Place) {
    place.ok("migrate").await;
    create(&place, &["DROP TABLE rbac_role_parents"]).await;
    all_refused(&place, &["lacks", "rbac_role_parents"]).await;
}

async fn other_tables_are_reported_and_kept(place: Place) {
    // Names of Medusa's tables.
    create(&place, &["CREATE TABLE invite (id text)", "CREATE TABLE auth_identity (id text)"]).await;
    let ran = place.run("migrate").await;
    let report = "the database has 2 tables of another program (auth_identity, invite): Vestibule's tables are created \
                  beside them\n";
    assert_eq!((ran.code, ran.err.matches(report).count()), (0, 1), "{ran:?}");
    let present = names(&place).await;
    assert!(["invite", "auth_identity", "users"].iter().all(|name| present.iter().any(|there| there == name)));
    assert!(!place.run("migrate").await.err.contains("another program"), "once");
}

async fn commands_that_read_create_no_tables(place: Place) {
    create(&place, &["CREATE TABLE theirs (id text)"]).await;
    let before = names(&place).await;
    for command in ["user list", "invite list", "role list", "api-key list", "user show ada@example.com", "events tail"]
    {
        let message = place.run(command).await.failed(1);
        assert!(message.starts_with("the database has no tables of Vestibule yet"), "{command}: {message}");
    }
    assert!(place.ok("migrate --status").await.contains("to do"));
    assert_eq!(names(&place).await, before);
    place.ok("migrate").await;
    assert!(place.run("user list").await.ok().contains("No users"));
}
