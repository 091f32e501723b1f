//! The handle: what reads see, and the errors when no server responds.

use std::time::Duration;

use vestibule_database::{Config, Connection, Database, Engine, Error};
use vestibule_testing::on_both_engines;

use crate::support::{Tables, is_unavailable, mark, mark_within, marks, soon};

on_both_engines!(an_open_database_responds, a_connection_is_either);
on_both_engines!(2 threads: reads_go_on_while_a_writer_is_open, an_acknowledged_commit_is_read);

async fn an_open_database_responds(Tables { database, place }: Tables) {
    database.ping().await.unwrap();
    assert_eq!(database.engine(), place.engine());
    assert_eq!(database.begin().await.unwrap().engine(), place.engine());
}

async fn a_connection_is_either(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    mark_within(&mut transaction, 2).await.unwrap();
    let mut within = Connection::from(&mut transaction);
    assert_eq!(within.engine(), database.engine());
    assert_eq!(marks(within.again()).await, [1, 2]);
    assert_eq!(marks(within).await, [1, 2]);
    assert_eq!(marks(Connection::from(&database)).await, [1]);
}

async fn reads_go_on_while_a_writer_is_open(Tables { database, .. }: Tables) {
    mark(&database, 1).await.unwrap();
    let mut writer = database.begin().await.unwrap();
    mark_within(&mut writer, 2).await.unwrap();
    writer.execute("UPDATE marks SET number = 7 WHERE id = 1", &[]).await.unwrap();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let database = database.clone();
        readers.spawn(async move { marks(&database).await });
    }
    for seen in soon(readers.join_all()).await {
        assert_eq!(seen, [1]);
    }
    writer.commit().await.unwrap();
    assert_eq!(marks(&database).await, [1, 2]);
}

async fn an_acknowledged_commit_is_read(Tables { database, place }: Tables) {
    let other = place.open().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (database, other) = (database.clone(), other.clone());
        writers.spawn(async move {
            for id in (1 + writer * 20)..=(20 + writer * 20) {
                mark(&database, id).await.unwrap();
                assert!(marks(&database).await.contains(&id));
                assert!(marks(&other).await.contains(&id), "through connections of another process");
            }
        });
    }
    soon(writers.join_all()).await;
    assert_eq!(marks(&database).await.len(), 160);
}

#[tokio::test]
async fn an_unavailable_server_does_not_prevent_the_start() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = Config::from_url(&format!("postgres://ada@127.0.0.1:{free}/name")).unwrap();
    let database = Database::open(&config).await.unwrap();
    assert_eq!(database.engine(), Engine::Postgres);
    assert!(is_unavailable(&soon(database.ping()).await));
    assert!(is_unavailable(&soon(database.begin()).await.map(drop)));
    assert!(soon(database.migrate(&[])).await.is_err());
}

#[tokio::test]
async fn a_silent_server_is_unavailable() {
    // It accepts the connection, in the system's queue, and never responds.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config =
        Config::from_url(&format!("postgres://ada@127.0.0.1:{}/name", silent.local_addr().unwrap().port())).unwrap();
    config.connect_timeout = Duration::from_millis(100);
    let database = Database::open(&config).await.unwrap();
    assert!(is_unavailable(&soon(database.ping()).await));
}

#[tokio::test]
async fn a_file_that_cannot_be_created_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [folder.path().to_owned(), file.join("beneath")] {
        let config = Config::from_url(&format!("sqlite://{}", path.display())).unwrap();
        match Database::open(&config).await {
            Err(Error::Unavailable(cause)) => {
                let named = cause.to_string().contains(path.to_str().unwrap());
                assert!(named, "an operator cannot mend what is not named: {cause}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let notes = "This is not a database. ".repeat(500);
    std::fs::write(&path, &notes).unwrap();
    let config = Config::from_url(&format!("sqlite://{}", path.display())).unwrap();
    assert!(Database::open(&config).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), notes, "and left alone");
}
