//! A database that another program uses, or of which a part is gone.

use vestibule::database::Engine;
use vestibule_testing::on_both_engines;

use crate::support::Place;
use crate::support::rows::{execute, texts};

on_both_engines!(
    tables_of_our_names_stop_every_command,
    a_history_of_another_program_is_told_from_ours,
    tables_that_are_gone_stop_every_command,
    other_tables_are_reported_and_left_alone,
    a_command_that_reads_creates_no_tables,
);

const COMMANDS: [&str; 6] = [
    "migrate",
    "migrate --status",
    "serve --listen 127.0.0.1:0",
    "worker",
    "user list",
    "user create --email ada@example.com --password correct-horse",
];

/// Everything that has a name in the database.
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

async fn all_refused(place: &Place, told: &[&str]) {
    let before = names(place).await;
    for command in COMMANDS {
        let message = place.run(command).await.failed(2);
        assert!(message.contains("nothing was changed"), "{command}: {message}");
        for part in told {
            assert!(message.contains(part), "{command}: {message}");
        }
    }
    assert_eq!(names(place).await, before);
}

async fn tables_of_our_names_stop_every_command(place: Place) {
    create(&place, &["CREATE TABLE users (id bigint PRIMARY KEY, login text)", "CREATE TABLE invites (code text)"])
        .await;
    all_refused(&place, &["users", "invites"]).await;
    let database = place.open().await;
    execute(&database, "DROP TABLE users", &[]).await;
    execute(&database, "DROP TABLE invites", &[]).await;
    // The name of an index is enough to be in the way, however late it comes.
    execute(&database, "CREATE TABLE theirs (id text)", &[]).await;
    execute(&database, "CREATE INDEX webhook_endpoints ON theirs (id)", &[]).await;
    drop(database);
    all_refused(&place, &["webhook_endpoints"]).await;
}

async fn a_history_of_another_program_is_told_from_ours(place: Place) {
    create(&place, &["CREATE TABLE migrations_user (id bigint PRIMARY KEY, name text)"]).await;
    all_refused(&place, &["migrations_user"]).await;
}

async fn tables_that_are_gone_stop_every_command(place: Place) {
    place.ok("migrate").await;
    create(&place, &["DROP TABLE rbac_role_parents"]).await;
    all_refused(&place, &["lacks", "rbac_role_parents"]).await;
}

async fn other_tables_are_reported_and_left_alone(place: Place) {
    // As Medusa calls some of its own.
    create(&place, &["CREATE TABLE invite (id text)", "CREATE TABLE auth_identity (id text)"]).await;
    let ran = place.run("migrate").await;
    let report = "vestibule: the database has 2 tables of another program (auth_identity, invite): those of Vestibule are \
                  created beside them\n";
    assert_eq!((ran.code, ran.err.as_str()), (0, report), "{ran:?}");
    let present = names(&place).await;
    assert!(["invite", "auth_identity", "users"].iter().all(|name| present.iter().any(|there| there == name)));
    assert_eq!(place.run("migrate").await.err, "", "once");
}

async fn a_command_that_reads_creates_no_tables(place: Place) {
    create(&place, &["CREATE TABLE theirs (id text)"]).await;
    let before = names(&place).await;
    for command in ["user list", "invite list", "role list", "api-key list", "user show ada@example.com", "events tail"]
    {
        let message = place.run(command).await.failed(1);
        assert!(message.starts_with("the database has no tables of Vestibule's yet"), "{command}: {message}");
    }
    assert!(place.ok("migrate --status").await.contains("to do"));
    assert_eq!(names(&place).await, before);
    place.ok("migrate").await;
    assert!(place.run("user list").await.ok().contains("No users"));
}
