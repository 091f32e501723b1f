//! PostgreSQL for tests: fresh databases in the server that `./test` starts, and servers that a test may break.
//!
//! - [`database`]: an empty database, removed when dropped.
//! - [`migrated`]: one with the tables of some modules. For nearly every test.
//! - [`Pooler`]: PgBouncer between a test and the server
//! - [`PrivateCluster`]: a whole server for one test, which may kill and restart it.
//!
//! Not here: Vestibule's rows, which the crate under test creates.

#![expect(clippy::expect_used, clippy::panic, reason = "a test without a database fails, and says why")]

mod cluster;
mod pooler;
mod template;

use std::io;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls};
use vestibule_core::random::{Random, SystemRandom};

pub use cluster::{PROGRAMS_VARIABLE, PrivateCluster};
pub use pooler::{Pooler, Pooling};
pub use template::migrated;

/// The variable with the URL of the server for tests, whose role may create databases.
pub const SERVER_VARIABLE: &str = "VESTIBULE_TEST_POSTGRES";

/// How long a server may take to start, to stop or to respond, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Creates an empty database for one test, in the server that `VESTIBULE_TEST_POSTGRES` names.
///
/// # Panics
///
/// If the variable is not set, or the server refuses: a test that quietly did nothing would be a check that cannot
/// fail.
pub async fn database() -> TestDatabase {
    create_database(&server()).await
}

fn server() -> String {
    let Ok(server) = std::env::var(SERVER_VARIABLE) else {
        panic!("run ./test, or set {SERVER_VARIABLE}=postgres://…");
    };
    server
}

async fn create_database(server: &str) -> TestDatabase {
    let name = unique_name();
    // template0 accepts no connections; any connection to template1 would make the copy fail.
    execute(server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    TestDatabase { url: with_database(server, &name), server: server.to_owned(), name }
}

/// An empty database for one test. Dropping it removes it from the server, even while connections are open.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    url: String,
}

impl TestDatabase {
    /// Returns the URL, as `postgres://role:password@host:port/name`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the name, different in every test of every process.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // In a new thread with its own runtime: the test's runtime may be the thread that drops this, or be gone.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { timeout(PATIENCE, try_execute(&server, &statement)).await })?
        })
        .join();
        // The test may have stopped the server; and a second panic during unwinding would hide the first.
        if !matches!(dropped, Ok(Ok(()))) && !std::thread::panicking() {
            panic!("the test database {} could not be removed: {dropped:?}", self.name);
        }
    }
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let mut config = Config::from_str(url)?;
    config.connect_timeout(PATIENCE);
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn try_execute(server: &str, statement: &str) -> io::Result<()> {
    let client = connect(server).await.map_err(io::Error::other)?;
    client.batch_execute(statement).await.map_err(io::Error::other)
}

async fn execute(server: &str, statement: &str) {
    match timeout(PATIENCE, try_execute(server, statement)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("{statement}: {error:?}"),
        Err(_) => panic!("{statement}: no response within a minute"),
    }
}

/// Returns the URL with another database.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = server.split_once('?').map_or((server, None), |(a, p)| (a, Some(p)));
    let scheme_end = address.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = address.split_at(scheme_end);
    let authority = rest.split('/').next().unwrap_or_default();
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    format!("{scheme}{authority}/{name}{parameters}")
}

/// Returns a unique name: the process id, a counter, and a random word because process ids are reused.
fn unique_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let word = u32::from_le_bytes(random_bytes());
    format!("vestibule_test_{}_{count}_{word:08x}", std::process::id())
}

fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{connect, database, with_database};

    async fn databases_named(url: &str, name: &str) -> i64 {
        let client = connect(url).await.unwrap();
        client.query_one("SELECT count(*) FROM pg_database WHERE datname = $1", &[&name]).await.unwrap().get(0)
    }

    #[tokio::test]
    async fn databases_are_separate_and_removed() {
        let (first, second) = tokio::join!(database(), database());
        assert_ne!(first.name(), second.name());
        let client = connect(first.url()).await.unwrap();
        client.batch_execute("CREATE TABLE only_here (id int)").await.unwrap();
        assert!(connect(second.url()).await.unwrap().batch_execute("SELECT * FROM only_here").await.is_err());

        let name = first.name().to_owned();
        assert_eq!(databases_named(second.url(), &name).await, 1);
        drop(first);
        assert_eq!(databases_named(second.url(), &name).await, 0);
        assert!(client.batch_execute("SELECT 1").await.is_err(), "a connection outlived its database");
    }

    #[test]
    fn only_the_database_of_a_url_changes() {
        for (server, expected) in [
            ("postgres://u:p@h:1/postgres", "postgres://u:p@h:1/x"),
            ("postgres://u:p@h:1", "postgres://u:p@h:1/x"),
            ("postgresql://u@h/a?sslmode=disable", "postgresql://u@h/x?sslmode=disable"),
            ("postgres://u@%2Ftmp%2Fs/a", "postgres://u@%2Ftmp%2Fs/x"),
        ] {
            assert_eq!(with_database(server, "x"), expected);
        }
    }
}
