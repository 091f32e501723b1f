//! Several programs start at once: one migrates, the others wait.

use std::sync::Arc;

use vestibule_database::{Config, Database, Migration, Migrations};
use vestibule_testing::databases::on_postgres;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{MIGRATIONS, NO_MARKS, child, mark, marks, soon};

on_both_engines!(4 threads: sixty_four_handles_migrate_an_empty_database, processes_migrate_an_empty_database);

/// Each step fails if it is done twice.
const STEPS: Migrations = Migrations {
    module: "together",
    steps: &[
        Migration { name: "V1__table", sql: "CREATE TABLE steps (number bigint NOT NULL)" },
        Migration { name: "V2__first", sql: "INSERT INTO steps (number) VALUES (1)" },
        Migration { name: "V3__second", sql: "INSERT INTO steps (number) VALUES (2)" },
    ],
};

async fn sixty_four_handles_migrate_an_empty_database(place: Arc<TestDatabase>) {
    let mut tasks = tokio::task::JoinSet::new();
    for id in 0..64 {
        let place = Arc::clone(&place);
        tasks.spawn(async move {
            let database = place.open().await;
            database.migrate(&[MIGRATIONS, STEPS]).await.unwrap();
            mark(&database, id).await.unwrap();
        });
    }
    soon(tasks.join_all()).await;
    let database = place.open().await;
    assert_eq!(marks(&database).await.len(), 64);
    assert_eq!(database.query::<()>("SELECT number FROM steps", &[]).await.unwrap().len(), 2);
}

async fn processes_migrate_an_empty_database(place: Arc<TestDatabase>) {
    let children: Vec<_> = (0..8).map(|_| child::start("migrate", &place.url())).collect();
    tokio::task::block_in_place(|| child::wait_for(children));
    assert_eq!(marks(&place.open().await).await, NO_MARKS);
}

/// With a schema in the URL, the tables are where the statements look for them.
#[tokio::test]
async fn options_of_a_postgres_url_hold_for_migrations_as_well() {
    on_postgres(async |place: Arc<TestDatabase>| {
        let make =
            Migrations { module: "schemas", steps: &[Migration { name: "V1__schema", sql: "CREATE SCHEMA apart" }] };
        place.open().await.migrate(&[make]).await.unwrap();
        let url = format!("{}?options=-c%20search_path%3Dapart", place.url());
        let database = Database::open(&Config::from_url(&url).unwrap()).await.unwrap();
        database.migrate(&[MIGRATIONS]).await.unwrap();
        mark(&database, 1).await.unwrap();
        assert_eq!(marks(&database).await, [1]);
        assert!(place.open().await.query::<()>("SELECT id FROM marks", &[]).await.is_err(), "not in the public one");
    })
    .await;
}
