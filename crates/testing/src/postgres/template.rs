//! Databases that are copied from one with the tables, which is made once in a server.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use vestibule_database::{Config, Database, Migrations};

use super::{TestDatabase, connect, create_database, database, execute, server, unique_name, with_database};

/// Any number that no other lock of the server for tests has.
const LOCK: i64 = 0x7665_7374_6962;

/// Creates a database that has the tables of these modules, for one test.
///
/// # Panics
///
/// As [`database`] does, and if the tables cannot be created.
pub async fn migrated(modules: &[Migrations]) -> TestDatabase {
    if modules.is_empty() {
        return database().await;
    }
    let (server, name, template) = (server(), unique_name(), template_name(modules));
    let client = connect(&server).await.expect("the server for tests");
    if !copied(&client, &name, &template).await {
        make(&server, &client, &template, modules).await;
        assert!(copied(&client, &name, &template).await, "the database {template} was made and is missing");
    }
    TestDatabase { url: with_database(&server, &name), server, name }
}

/// Returns false if there is no such template.
async fn copied(client: &Client, name: &str, template: &str) -> bool {
    // The default way of copying, by the log of writes, takes half as long again for tables without rows. Before
    // PostgreSQL 15 there is no choice, and files are copied.
    for strategy in [" STRATEGY file_copy", ""] {
        let statement = format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}");
        match client.batch_execute(&statement).await {
            Ok(()) => return true,
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_DATABASE) => return false,
            Err(error) if error.code() == Some(&SqlState::SYNTAX_ERROR) => {}
            Err(error) => panic!("{statement}: {error:?}"),
        }
    }
    panic!("the server for tests has no CREATE DATABASE … TEMPLATE");
}

async fn make(server: &str, client: &Client, template: &str, modules: &[Migrations]) {
    // Other tests may be about to make it, too. The lock ends with the connection.
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.expect("a lock");
    let exists = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&template]).await;
    if exists.expect("the list of databases").is_some() {
        return;
    }
    let unfinished = create_database(server).await;
    let config = Config::from_url(unfinished.url()).expect("a valid address");
    let database = Database::open(&config).await.expect("the new database");
    database.migrate(modules).await.expect("the tables");
    drop(database);
    let connections = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    client.execute(connections, &[&unfinished.name()]).await.expect("the end of its connections");
    execute(server, &format!("ALTER DATABASE {} RENAME TO {template}", unfinished.name())).await;
}

/// Returns a name that differs when any step does: a server may outlive a change of the tables.
fn template_name(modules: &[Migrations]) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for module in modules {
        module.module.hash(&mut hasher);
        for step in module.steps {
            (step.name, step.sql).hash(&mut hasher);
        }
    }
    format!("vestibule_template_{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use vestibule_database::{Migration, Migrations};

    use super::{connect, migrated};

    const SQL: &str = "CREATE TABLE copied (id bigint NOT NULL PRIMARY KEY)";
    const TABLES: [Migrations; 1] =
        [Migrations { module: "copies", steps: &[Migration { name: "V1__copied", sql: SQL }] }];

    #[tokio::test]
    async fn copies_on_postgres_have_the_tables_and_are_separate() {
        let (first, second) = tokio::join!(migrated(&TABLES), migrated(&TABLES));
        let (one, other) = (connect(first.url()).await.unwrap(), connect(second.url()).await.unwrap());
        one.batch_execute("INSERT INTO copied VALUES (1)").await.unwrap();
        let count = other.query_one("SELECT count(*) FROM copied", &[]).await.unwrap();
        assert_eq!(count.get::<_, i64>(0), 0);
    }
}
