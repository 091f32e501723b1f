//! SQLite: the file, and programs that share it.

pub(crate) mod full;
mod writer;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use vestibule_database::{Config, Database, Error};
use vestibule_testing::TestDatabase;
use vestibule_testing::databases::on_sqlite;

use crate::support::{NO_MARKS, Tables, child, mark, mark_within, marks, soon};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// security.md 14: it holds password hashes.
#[tokio::test]
async fn a_new_database_is_its_owner_s_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not/there/yet/vestibule.db");
    let database = Database::open(&Config::from_url(&format!("sqlite://{}", path.display())).unwrap()).await.unwrap();
    database.migrate(&[crate::support::MIGRATIONS]).await.unwrap();
    mark(&database, 1).await.unwrap();
    for name in ["", "-wal", "-shm"] {
        let path = format!("{}{name}", path.display());
        assert_eq!(mode(path.as_ref()), 0o600, "{path}");
    }
    assert_eq!(mode(path.parent().unwrap()) & 0o077, 0, "a folder that was made for it as well");
}

#[tokio::test]
async fn a_read_cannot_write() {
    on_sqlite(async |Tables { database, .. }| {
        let written = database.query::<()>("INSERT INTO marks (id, number) VALUES (1, 0) RETURNING id", &[]).await;
        assert!(written.is_err());
        assert_eq!(marks(&database).await, NO_MARKS);
        mark(&database, 1).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_database_outlives_its_handle() {
    on_sqlite(async |place: Arc<TestDatabase>| {
        for id in 1..=3 {
            let database = place.open().await;
            database.migrate(&[crate::support::MIGRATIONS]).await.unwrap();
            mark(&database, id).await.unwrap();
        }
        assert_eq!(marks(&place.open().await).await, [1, 2, 3]);
    })
    .await;
}

/// A command line beside a running server.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn handles_write_to_one_file_at_once() {
    on_sqlite(async |Tables { database, place }| {
        let other = place.open().await;
        let mut tasks = tokio::task::JoinSet::new();
        for id in 0..128 {
            let database = if id % 2 == 0 { database.clone() } else { other.clone() };
            tasks.spawn(async move { mark(&database, id).await });
        }
        assert!(soon(tasks.join_all()).await.iter().all(Result::is_ok));
        assert_eq!(marks(&database).await.len(), 128);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_write_to_one_file_at_once() {
    on_sqlite(async |Tables { database, place }| {
        let children: Vec<_> =
            (1..=4).map(|number| child::start(&format!("mark {}00 50", number), &place.url())).collect();
        for id in 0..50 {
            soon(mark(&database, id)).await.unwrap();
        }
        tokio::task::block_in_place(|| child::wait_for(children));
        assert_eq!(marks(&database).await.len(), 250);
    })
    .await;
}

/// The first process creates the file, its log and its mode, while others start.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..10 {
        on_sqlite(async |place: Arc<TestDatabase>| {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..16 {
                let place = Arc::clone(&place);
                tasks.spawn(async move {
                    let database = Database::open(&place.config()).await?;
                    database.ping().await
                });
            }
            for result in soon(tasks.join_all()).await {
                result.unwrap();
            }
        })
        .await;
    }
}

/// The same with processes that start and end: the last one clears the log away while the next one starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_may_come_and_go() {
    for _ in 0..5 {
        on_sqlite(async |place: Arc<TestDatabase>| {
            let children: Vec<_> = (0..8).map(|_| child::start("open 20", &place.url())).collect();
            tokio::task::block_in_place(|| child::wait_for(children));
        })
        .await;
    }
}

/// A transaction that rolled back, or only read, blocks no other.
#[tokio::test]
async fn an_open_transaction_of_another_process_is_waited_for() {
    on_sqlite(async |Tables { database, place }| {
        let other = place.open().await;
        let mut first = database.begin().await.unwrap();
        mark_within(&mut first, 1).await.unwrap();
        let mut config = place.config();
        config.acquire_timeout = std::time::Duration::from_millis(300);
        let impatient = Database::open(&config).await.unwrap();
        assert!(matches!(impatient.begin().await.map(drop), Err(Error::Unavailable(_))));
        let (second, ()) = soon(async { tokio::join!(mark(&other, 2), async { first.commit().await.unwrap() }) }).await;
        second.unwrap();
        mark(&impatient, 3).await.unwrap();
        drop(database.begin().await.unwrap());
        mark(&other, 4).await.unwrap();
        assert_eq!(marks(&database).await, [1, 2, 3, 4]);
    })
    .await;
}
