//! Which of the server's errors are temporary: each class of SQLSTATE once.

use std::time::Duration;

use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Config, Database, Error};
use vestibule_testing::databases::on_postgres;

use crate::support::{Tables, is_unavailable, mark, soon};

/// The error of a statement that fails with this SQLSTATE.
async fn failing(database: &Database, code: &str) -> Error {
    let mut transaction = database.begin().await.unwrap();
    let text = format!("DO $do$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $do$");
    transaction.execute(text, &[]).await.unwrap_err()
}

#[tokio::test]
async fn errors_that_pass_are_unavailable_and_others_are_not() {
    on_postgres(async |Tables { database, .. }| {
        for code in [
            "08000", "08003", "08006", "08P01", "25006", "25P03", "25P04", "40001", "40P01", "40003", "53000", "53100",
            "53200", "53300", "53400", "55000", "55006", "55P03", "57000", "57014", "57P01", "57P03", "57P05", "58000",
            "58030",
        ] {
            let error = failing(&database, code).await;
            assert!(matches!(error, Error::Unavailable(_)), "{code}: {error:?}");
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            assert!(error.retry_after().is_some(), "{code}");
        }
        for code in ["0A000", "22001", "22012", "23514", "25001", "2BP01", "3F000", "42501", "42601", "42P01", "54000"]
        {
            let error = failing(&database, code).await;
            assert!(matches!(error, Error::Other(_)), "{code}: {error:?}");
        }
        // No connection is lost over any of them for longer than one statement.
        mark(&database, 1).await.unwrap();
    })
    .await;
}

/// Whatever the server responds when a connection is opened, an operator can fix it while the program runs.
#[tokio::test]
async fn a_database_that_accepts_no_connections_is_unavailable() {
    on_postgres(async |Tables { database: administrator, place }| {
        let name = place.url().rsplit('/').next().unwrap().to_owned();
        let server = place.url().replace(&name, "postgres");
        let server = Database::open(&Config::from_url(&server).unwrap()).await.unwrap();
        let database = place.open().await;
        let set = async |state: bool| {
            let text = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {state}");
            server.query::<()>(text, &[]).await.unwrap();
        };
        set(false).await;
        let error = soon(database.ping()).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.causes().contains("not currently accepting connections"), "{}", error.causes());
        administrator.ping().await.unwrap();
        set(true).await;
        database.ping().await.unwrap();

        let missing = Config::from_url(&place.url().replace(&name, "not_there")).unwrap();
        let (start, _) = place.url().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let refused = Config::from_url(&place.url().replace(&start, "postgres://stranger:wrong")).unwrap();
        for config in [missing, refused] {
            assert!(is_unavailable(&soon(Database::open(&config).await.unwrap().ping()).await));
        }
    })
    .await;
}

/// All connections in use, and a server that does not respond: the message names which.
#[tokio::test]
async fn a_timeout_names_what_it_waited_for() {
    on_postgres(async |Tables { place, .. }| {
        let mut config = place.config();
        (config.max_connections, config.acquire_timeout) = (1, Duration::from_millis(100));
        let database = Database::open(&config).await.unwrap();
        let held = database.begin().await.unwrap();
        let error = soon(database.ping()).await.unwrap_err();
        assert!(error.causes().contains("all connections are in use"), "{}", error.causes());
        drop(held);
    })
    .await;
}
