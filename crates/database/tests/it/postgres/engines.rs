//! Engines that speak PostgreSQL's protocol and lack something: each is PostgreSQL, with a function of its own hidden behind
//! another one.

use vestibule_database::{Database, MigrationError};
use vestibule_testing::TestDatabase;
use vestibule_testing::databases::on_postgres;

use crate::support::{MIGRATIONS, Tables, mark, soon};

/// The database, where this function comes before PostgreSQL's.
async fn with_function(place: &TestDatabase, administrator: &Database, function: &str) -> Database {
    let run = async |text: String| drop(administrator.query::<()>(text, &[]).await.unwrap());
    run("CREATE SCHEMA hidden".to_owned()).await;
    run(format!("CREATE FUNCTION hidden.{function}")).await;
    let name = place.url().rsplit('/').next().unwrap().to_owned();
    run(format!("ALTER DATABASE {name} SET search_path = hidden, pg_catalog, public")).await;
    place.open().await
}

#[tokio::test]
async fn an_engine_without_advisory_locks_is_refused() {
    on_postgres(async |Tables { database, place }| {
        let function = "pg_advisory_xact_lock_shared(bigint) RETURNS void LANGUAGE plpgsql AS \
                        $$ BEGIN RAISE EXCEPTION 'not supported' USING ERRCODE = '0A000'; END $$";
        let engine = with_function(&place, &database, function).await;
        let refused = engine.migrate(&[MIGRATIONS]).await.unwrap_err();
        assert!(matches!(refused, MigrationError::Engine { .. }), "{refused:?}");
        assert!(refused.to_string().contains("advisory locks"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn where_snapshots_do_not_change_nothing_is_taken_for_unchanged() {
    on_postgres(async |Tables { database, place }| {
        let function = "pg_current_snapshot() RETURNS text LANGUAGE sql AS $$ SELECT '1:1:'::text $$";
        let engine = with_function(&place, &database, function).await;
        assert_eq!(engine.version().await.unwrap(), engine.version().await.unwrap(), "it could not be told");
        engine.migrate(&[MIGRATIONS]).await.unwrap();
        engine.version().await.unwrap_err();
        engine.clone().version().await.unwrap_err();
        database.migrate(&[MIGRATIONS]).await.unwrap();
        database.version().await.unwrap();
    })
    .await;
}

/// Another server, one that takes over for example, may number its transactions alike.
#[tokio::test]
async fn a_version_is_that_of_one_server() {
    on_postgres(async |Tables { database, place }| {
        let function = "pg_postmaster_start_time() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() $$";
        let other = with_function(&place, &database, function).await;
        mark(&database, 1).await.unwrap();
        assert_ne!(soon(other.version()).await.unwrap(), soon(other.version()).await.unwrap());
    })
    .await;
}
