//! Another program's tables are found before anything is created, and its file is left as it is.

use std::sync::Arc;

use vestibule_database::{Database, Migration, MigrationError, Migrations};
use vestibule_testing::{TestDatabase, on_both_engines};

on_both_engines!(
    a_taken_name_stops_all_modules_before_the_first,
    a_step_that_rebuilds_its_own_table_is_no_conflict,
    tables_that_are_gone_are_missed,
);

const fn module(name: &'static str, steps: &'static [Migration]) -> Migrations {
    Migrations { module: name, steps }
}

const ONE: Migration = Migration { name: "V1__one", sql: "CREATE TABLE one (id bigint PRIMARY KEY)" };
const REBUILT: Migration =
    Migration { name: "V2__rebuilt", sql: "DROP TABLE one; CREATE TABLE one (id bigint PRIMARY KEY, more text)" };
const OTHER: Migration =
    Migration { name: "V1__other", sql: "CREATE TABLE other (id bigint); CREATE UNIQUE INDEX other_id ON other (id)" };

async fn execute(database: &Database, text: &'static str) {
    let mut transaction = database.begin().await.unwrap();
    transaction.execute(text, &[]).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn exists(database: &Database, table: &str) -> bool {
    database.query::<()>(format!("SELECT 1 FROM {table}"), &[]).await.is_ok()
}

async fn a_taken_name_stops_all_modules_before_the_first(database: Database) {
    let modules = [module("first", &[ONE]), module("second", &[OTHER])];
    for (taken, create, remove) in [
        ("other", "CREATE TABLE other (name text)", "DROP TABLE other"),
        ("other", "CREATE VIEW other AS SELECT 1 AS id", "DROP VIEW other"),
        ("other_id", "CREATE TABLE other_id (id bigint)", "DROP TABLE other_id"),
        ("migrations_second", "CREATE TABLE migrations_second (id bigint)", "DROP TABLE migrations_second"),
    ] {
        execute(&database, create).await;
        for error in [
            database.migration_status(&modules).await.map(drop).unwrap_err(),
            database.migrate(&modules).await.unwrap_err(),
        ] {
            match error {
                MigrationError::Foreign { tables } => assert_eq!(tables, taken),
                error => panic!("{create}: {error:?}"),
            }
        }
        assert!(!exists(&database, "one").await && !exists(&database, "migrations_first").await);
        execute(&database, remove).await;
    }
    database.migrate(&modules).await.unwrap();
    assert_eq!(database.other_tables(&modules).await.unwrap(), [""; 0]);
    execute(&database, "CREATE TABLE theirs (id bigint)").await;
    assert_eq!(database.other_tables(&modules).await.unwrap(), ["theirs"]);
}

async fn a_step_that_rebuilds_its_own_table_is_no_conflict(database: Database) {
    database.migrate(&[module("first", &[ONE])]).await.unwrap();
    database.migrate(&[module("first", &[ONE, REBUILT])]).await.unwrap();
    const MOVED: Migration = Migration {
        name: "V3__moved",
        sql: "CREATE TABLE one_again (id bigint PRIMARY KEY); DROP TABLE one; ALTER TABLE one_again RENAME TO one",
    };
    let all = [module("first", &[ONE, REBUILT, MOVED])];
    for _ in 0..2 {
        database.migrate(&all).await.unwrap();
        database.migration_status(&all).await.unwrap();
    }
    execute(&database, "DROP TABLE one").await;
    assert!(matches!(database.migrate(&all).await, Err(MigrationError::Incomplete { .. })));
}

async fn tables_that_are_gone_are_missed(database: Database) {
    let modules = [module("second", &[OTHER])];
    database.migrate(&modules).await.unwrap();
    execute(&database, "DROP TABLE other").await;
    match database.migrate(&modules).await.unwrap_err() {
        MigrationError::Incomplete { tables } => assert_eq!(tables, "other"),
        error => panic!("{error:?}"),
    }
}

/// Its journal mode stays as well.
#[tokio::test]
async fn a_file_of_another_program_is_left_byte_by_byte() {
    let place = Arc::new(TestDatabase::sqlite());
    let theirs = rusqlite::Connection::open(place.path()).unwrap();
    theirs.execute_batch("CREATE TABLE one (login text); INSERT INTO one VALUES ('ada')").unwrap();
    drop(theirs);
    let before = std::fs::read(place.path()).unwrap();
    let database = place.open().await;
    assert_eq!(database.created_file(), None);
    let modules = [module("first", &[ONE])];
    assert!(matches!(database.migrate(&modules).await, Err(MigrationError::Foreign { .. })));
    drop(database);
    assert!(std::fs::read(place.path()).unwrap() == before);
    let files: Vec<_> = std::fs::read_dir(place.path().parent().unwrap()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    // Beside the tables of a program that leaves our names free, ours are created, and the journal is ours.
    let database = place.open().await;
    database.migrate(&[module("second", &[OTHER])]).await.unwrap();
    assert!(exists(&database, "other").await && exists(&database, "one").await);
    drop(database);
    let theirs = rusqlite::Connection::open(place.path()).unwrap();
    let journal: String = theirs.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(journal, "wal");
}
