//! Tables are created once, whole, and never by an older program.

mod foreign;
mod together;

use vestibule_database::{Database, Migration, MigrationError, Migrations};
use vestibule_testing::on_both_engines;

use crate::support::{MIGRATIONS, mark, marks};

on_both_engines!(
    an_empty_database_gets_its_tables_once,
    a_further_step_is_added_to_what_is_there,
    a_newer_database_is_refused,
    a_step_that_was_changed_is_refused,
    a_step_that_fails_leaves_nothing,
    a_refusal_of_one_module_leaves_the_others_alone,
    data_may_be_moved_and_types_are_the_engine_s_own,
);

const fn module(steps: &'static [Migration]) -> Migrations {
    Migrations { module: "testing", steps }
}

const ONE: Migration = Migration { name: "V1__one", sql: "CREATE TABLE one (id bigint PRIMARY KEY)" };
const TWO: Migration = Migration { name: "V2__two", sql: "CREATE TABLE two (id bigint PRIMARY KEY)" };
const FAILING: Migration =
    Migration { name: "V2__two", sql: "CREATE TABLE two (id bigint); CREATE TABLE one (id bigint)" };
const CHANGED: Migration = Migration { name: "V1__one", sql: "CREATE TABLE one (id text PRIMARY KEY)" };

async fn exists(database: &Database, table: &str) -> bool {
    database.query::<()>(format!("SELECT 1 FROM {table}"), &[]).await.is_ok()
}

/// Number and name of each step, and whether the database has it.
async fn status(database: &Database, modules: &[Migrations]) -> Vec<(String, bool)> {
    let list = database.migration_status(modules).await.unwrap();
    list.into_iter().map(|step| (step.name, step.applied)).collect()
}

fn step(name: &str, applied: bool) -> (String, bool) {
    (name.to_owned(), applied)
}

async fn an_empty_database_gets_its_tables_once(database: Database) {
    let modules = [MIGRATIONS];
    assert_eq!(status(&database, &modules).await, [step("V1__tables", false)]);
    database.migrate(&modules).await.unwrap();
    assert_eq!(status(&database, &modules).await, [step("V1__tables", true)]);
    mark(&database, 1).await.unwrap();
    database.migrate(&modules).await.unwrap();
    assert_eq!(marks(&database).await, [1]);
    database.migrate(&[]).await.unwrap();
}

async fn a_further_step_is_added_to_what_is_there(database: Database) {
    database.migrate(&[module(&[ONE])]).await.unwrap();
    let both = [module(&[ONE, TWO])];
    assert_eq!(status(&database, &both).await, [step("V1__one", true), step("V2__two", false)]);
    database.migrate(&both).await.unwrap();
    assert_eq!(status(&database, &both).await, [step("V1__one", true), step("V2__two", true)]);
    assert!(exists(&database, "two").await);
}

async fn a_newer_database_is_refused(database: Database) {
    database.migrate(&[module(&[ONE, TWO])]).await.unwrap();
    let older = [module(&[ONE])];
    let is_refused = |error: MigrationError| match error {
        MigrationError::Newer { module, step } => {
            assert_eq!(module, "testing");
            assert!(step.contains("V2__two"), "{step}");
        }
        error => panic!("{error:?}"),
    };
    is_refused(database.migrate(&older).await.unwrap_err());
    is_refused(database.migration_status(&older).await.unwrap_err());
    assert!(exists(&database, "two").await);
}

async fn a_step_that_was_changed_is_refused(database: Database) {
    database.migrate(&[module(&[ONE])]).await.unwrap();
    let error = database.migrate(&[module(&[CHANGED, TWO])]).await.unwrap_err();
    match &error {
        MigrationError::Different { module, step } => {
            assert_eq!(*module, "testing");
            assert!(step.contains("V1__one"), "{step}");
        }
        error => panic!("{error:?}"),
    }
    assert!(!exists(&database, "two").await);
}

async fn a_step_that_fails_leaves_nothing(database: Database) {
    for _ in 0..2 {
        let error = database.migrate(&[module(&[ONE, FAILING])]).await.unwrap_err();
        assert!(matches!(error, MigrationError::Database(..)), "{error:?}");
        assert!(error.to_string().contains("one"), "the message has the engine's error: {error}");
        assert!(!exists(&database, "one").await && !exists(&database, "two").await);
        assert_eq!(status(&database, &[module(&[ONE, TWO])]).await, [step("V1__one", false), step("V2__two", false)]);
    }
    // The corrected program continues where the other failed.
    database.migrate(&[module(&[ONE, TWO])]).await.unwrap();
    let error = database.migrate(&[module(&[ONE, TWO]), Migrations { module: "other", steps: &[FAILING] }]).await;
    assert!(error.is_err());
    assert!(exists(&database, "one").await && exists(&database, "two").await);
}

/// "All tables are unchanged": an older binary must not touch what it does not know.
async fn a_refusal_of_one_module_leaves_the_others_alone(database: Database) {
    database.migrate(&[module(&[ONE, TWO])]).await.unwrap();
    const OTHER: Migrations = Migrations {
        module: "other",
        steps: &[Migration { name: "V1__new", sql: "CREATE TABLE new_one (id bigint)" }],
    };
    let error = database.migrate(&[OTHER, module(&[ONE])]).await.unwrap_err();
    assert!(matches!(error, MigrationError::Newer { .. }), "{error:?}");
    assert!(!exists(&database, "new_one").await);
}

async fn data_may_be_moved_and_types_are_the_engine_s_own(database: Database) {
    const STEPS: Migrations = module(&[
        Migration {
            name: "V1__all",
            sql: "CREATE TABLE every (id text PRIMARY KEY, n bigint, b boolean, at timestamptz, raw bytea, more jsonb);
                  INSERT INTO every (id, n) VALUES ('é', 1), ('z', 2), ('A', 3);",
        },
        Migration { name: "V2__moved", sql: "UPDATE every SET n = n + 1; ALTER TABLE every ADD COLUMN added text" },
    ]);
    database.migrate(&[STEPS]).await.unwrap();
    let ordered: Vec<i64> =
        database.query_scalars("SELECT n AS number FROM every WHERE added IS NULL ORDER BY id", &[]).await.unwrap();
    assert_eq!(ordered, [4, 3, 2], "byte by byte");
}
