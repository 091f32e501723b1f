//! `vestibule migrate`

use serde_json::{Value as Json, json};
use vestibule::database::{Engine, values};
use vestibule::notify::ALL_MIGRATIONS as MIGRATIONS;
use vestibule_testing::on_both_engines;

use crate::support::Place;
use crate::support::rows::{execute, number, texts};

on_both_engines!(status_before_and_after_migrating, a_newer_database_is_refused, serve_migrates_when_it_starts);

async fn status_before_and_after_migrating(place: Place) {
    let steps: Vec<_> =
        MIGRATIONS.iter().flat_map(|module| module.steps.iter().map(|step| (module.module, step.name))).collect();
    let table = |state: &str| {
        let width = steps.iter().map(|(_, name)| name.len()).max().unwrap_or_default();
        let rows = steps.iter().map(|(module, name)| format!("{module:<6}  {name:<width$}  {state}\n"));
        format!("MODULE  {:<width$}  STATE\n{}", "STEP", rows.collect::<String>())
    };
    let json = |applied: bool| -> Json {
        steps.iter().map(|(module, name)| json!({ "module": module, "step": name, "applied": applied })).collect()
    };
    for _ in 0..2 {
        assert_eq!(place.ok("migrate --status").await, table("to do"));
        assert_eq!(place.run("migrate --status --json").await.json(), json(false));
    }
    let done = format!("{} steps were done. The database is up to date.\n", steps.len());
    assert_eq!(place.ok("migrate").await, done);
    assert_eq!(place.ok("migrate").await, "The database is up to date.\n");
    assert_eq!(place.ok("migrate --status").await, table("done"));
    for command in ["migrate --status --json", "migrate --json"] {
        assert_eq!(place.run(command).await.json(), json(true));
    }
}

/// Events of one subject would change places: an engine whose sequences are like that is refused at the start.
#[tokio::test]
async fn sequences_that_are_not_ordered_are_refused() {
    let place = Place::postgres().await;
    place.ok("migrate").await;
    let database = place.open().await;
    execute(&database, "ALTER SEQUENCE outbox_events_ordinal_seq CACHE 20", &[]).await;
    for command in ["migrate", "serve --listen 127.0.0.1:0"] {
        let message = place.run(command).await.failed(2);
        assert!(message.contains("sequences without a cache"), "{command}: {message}");
    }
    execute(&database, "ALTER SEQUENCE outbox_events_ordinal_seq CACHE 1", &[]).await;
    place.ok("migrate").await;
}

/// An older program must not work on tables that it does not know.
async fn a_newer_database_is_refused(place: Place) {
    place.create_user("ada@example.com").await;
    let database = place.open().await;
    let newer =
        "INSERT INTO migrations_user (version, name, applied_on, checksum) VALUES (99, 'from_the_future', $1, '1')";
    execute(&database, newer, values!["2030-01-01T00:00:00Z"]).await;
    drop(database);
    let message = "the database was migrated by a newer version (user V99__from_the_future): run that version, or restore a backup";
    for command in [
        "migrate",
        "migrate --status",
        "serve --listen 127.0.0.1:0",
        "user list",
        "user create --email grace@example.com",
        "user delete ada@example.com",
        "invite list",
        "invite create --email grace@example.com",
    ] {
        assert_eq!(place.run(command).await.failed(1), message, "{command}");
    }
    let database = place.open().await;
    let users = texts(&database, "SELECT email AS value FROM users WHERE deleted_at IS NULL", &[]).await;
    assert_eq!(users, ["ada@example.com"], "a refused command did something");
}

async fn serve_migrates_when_it_starts(place: Place) {
    let server = place.serve().await;
    assert_eq!(server.client().get("/health/ready").await.ok(), json!({ "status": "ready" }));
    assert_eq!(place.ok("migrate").await, "The database is up to date.\n");
    let database = place.open().await;
    let steps = MIGRATIONS.iter().find(|module| module.module == "user").unwrap().steps.len();
    let done = number(&database, "SELECT count(*) AS value FROM migrations_user", &[]).await;
    assert_eq!(usize::try_from(done), Ok(steps));
    assert_eq!(database.engine() == Engine::Sqlite, place.path().join("data").exists());
}
