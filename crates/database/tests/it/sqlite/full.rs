//! A full disk: writes are refused, and existing rows can be read (security.md 34).
//!
//! A process of its own is allowed files of a few hundred kilobytes (`ulimit -f`), which SQLite sees as a disk that is
//! full. That needs neither a disk of its own nor any privilege.

use vestibule_core::DomainError;
use vestibule_database::{Database, Error, values};
use vestibule_testing::databases::on_sqlite;

use crate::support::{Tables, attempt, child, mark, marks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_reads_go_on() {
    on_sqlite(async |Tables { database, place }| {
        mark(&database, 1).await.unwrap();
        // In blocks of 512 bytes in some shells and 1 024 in others. The signal's default would end the process.
        let child = child::start_limited("trap '' XFSZ; ulimit -f 400", "fill", &place.url());
        tokio::task::block_in_place(|| child::wait_for([child]));
        // With room again, nothing that was acknowledged is missing, and writing works.
        let count: i64 = database.query_scalar("SELECT count(*) AS number FROM things", &[]).await.unwrap();
        let acknowledged: i64 = database.query_scalar("SELECT number FROM marks WHERE id = 1", &[]).await.unwrap();
        assert!(acknowledged > 0, "nothing was written at all");
        assert_eq!(count, acknowledged);
        mark(&database, 2).await.unwrap();
        let complaints = "SELECT 1 FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        assert_eq!(database.query::<()>(complaints, &[]).await.unwrap(), []);
    })
    .await;
}

/// Writes until there is no more room. The number of mark 1 counts what was acknowledged, in the same transaction.
pub(crate) async fn fill(database: &Database) {
    let mut written = 0;
    let refused = loop {
        let result = attempt!(database, |transaction| {
            let text = "INSERT INTO things (id, bytes) VALUES ($1, $2)";
            transaction.execute(text, values![written.to_string(), vec![7; 20_000]]).await?;
            transaction.execute("UPDATE marks SET number = number + 1 WHERE id = 1", &[]).await
        });
        match result {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 1_000, "the disk was never full");
    };
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    assert!(refused.retry_after().is_some());
    assert_eq!(marks(database).await, [1], "on a full disk reads go on");
    let count: i64 = database.query_scalar("SELECT count(*) AS number FROM things", &[]).await.unwrap();
    let counted: i64 = database.query_scalar("SELECT number FROM marks WHERE id = 1", &[]).await.unwrap();
    assert_eq!((count, counted), (written, written), "what was acknowledged, and no more");
}
