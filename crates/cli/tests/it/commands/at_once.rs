//! Many processes that start at once on an empty database: one brings the tables, the others wait for it.

use tokio::task::JoinSet;
use vestibule::database::Engine;
use vestibule::notify::ALL_MIGRATIONS as MIGRATIONS;
use vestibule_testing::on_both_engines;

use crate::support::rows::{number, texts};
use crate::support::{Place, Ran, Server};

/// The number of processes.
const PROCESSES: usize = 8;

on_both_engines!(4 threads: migrate_at_once, serve_at_once, all_kinds_at_once);

async fn migrate_at_once(place: Place) {
    let mut running = JoinSet::new();
    for _ in 0..PROCESSES {
        let mut command = place.command(["migrate"]);
        running.spawn(async move { Ran::new(&["migrate"], command.output().await.unwrap()) });
    }
    let mut done = 0;
    for ran in running.join_all().await {
        let output = ran.ok();
        assert!(output.ends_with("The database is up to date.\n"), "{output}");
        done += output.split_once(" steps were done.").map_or(0, |(steps, _)| steps.parse().unwrap());
    }
    assert_eq!(done, MIGRATIONS.iter().map(|module| module.steps.len()).sum::<usize>(), "each reports what it did");
    one_set_of_tables(&place).await;
}

async fn serve_at_once(place: Place) {
    let mut starting = JoinSet::new();
    for _ in 0..PROCESSES {
        let command = place.command(["serve", "--listen", "127.0.0.1:0"]);
        starting.spawn(async move { Server::start(command).await.unwrap_or_else(|ran| panic!("{ran:?}")) });
    }
    let servers = starting.join_all().await;
    place.create_user("ada@example.com").await;
    // They share one secret: a token of one is valid at all others.
    let token = servers[0].token_of("ada@example.com").await;
    for server in &servers {
        server.client().with_token(&token).get("/admin/users/me").await.ok();
    }
    for server in servers {
        server.stop().await;
    }
    one_set_of_tables(&place).await;
}

async fn all_kinds_at_once(place: Place) {
    let mut running = JoinSet::new();
    for number in 0..PROCESSES {
        let email = format!("{number}@example.com");
        let mut command = match number % 4 {
            0 => place.command(["migrate"]),
            1 => place.command(["user", "create", "--email", &email]),
            2 => place.command(["invite", "create", "--email", &email]),
            _ => place.command(["migrate", "--status"]),
        };
        running.spawn(async move { Ran::new(&[&email], command.output().await.unwrap()) });
    }
    for ran in running.join_all().await {
        ran.ok();
    }
    let database = place.open().await;
    assert_eq!(number(&database, "SELECT count(*) AS value FROM users", &[]).await, 2);
    assert_eq!(number(&database, "SELECT count(*) AS value FROM invites", &[]).await, 4);
    one_set_of_tables(&place).await;
}

/// The tables are those that a single process creates, and each step was applied once.
async fn one_set_of_tables(place: &Place) {
    let alone = match place.open().await.engine() {
        Engine::Sqlite => Place::sqlite(),
        Engine::Postgres => Place::postgres().await,
    };
    alone.ok("migrate").await;
    let expected = tables(&alone).await;
    assert!(expected.len() > 8, "{expected:?}");
    assert_eq!(tables(place).await, expected);
    let database = place.open().await;
    for module in &MIGRATIONS {
        let count = format!("SELECT count(*) AS value FROM migrations_{}", module.module);
        assert_eq!(number(&database, &count, &[]).await, module.steps.len() as i64, "{}", module.module);
    }
}

async fn tables(place: &Place) -> Vec<String> {
    let database = place.open().await;
    let statement = match database.engine() {
        Engine::Sqlite => {
            "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT CAST(table_schema || '.' || table_name AS text) AS value FROM information_schema.tables
             WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY value"
        }
    };
    texts(&database, statement, &[]).await
}
