//! Giving committed events their positions in the feed.
//!
//! An id is generated before its transaction is committed, so a reader by id can miss an event that is committed late.
//! A position is given after the commit, one batch at a time, under the lock of the head's row: positions have no gaps,
//! and once a position can be read, so can every one before it.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS]).await?;
//! # let environment = vestibule_core::Environment::system();
//! # let mut transaction = database.begin().await?;
//! # for book in ["book_1", "book_2"] {
//! #     vestibule_outbox::record_id(&mut transaction, &environment, "book.lent", book).await?;
//! # }
//! # transaction.commit().await?;
//! use vestibule_outbox::feed::positioned_after;
//! use vestibule_outbox::positions::{assign_positions, has_unplaced};
//!
//! // Two events are recorded.
//! assert!(has_unplaced(&database).await?);
//! assert_eq!(assign_positions(&database).await?, 2);
//! let placed = positioned_after(&database, 0, 100).await?;
//! assert_eq!(placed.iter().map(|event| event.position).collect::<Vec<_>>(), [1, 2]);
//! # Ok(())
//! # }
//! ```

use vestibule_database::{Database, Error, FromRow, Sql, Transaction, transaction, values};

use crate::Event;

/// How many events are placed at once.
pub const BATCH: u32 = 200;

/// An event, and its position in the feed: 1, 2, 3, ….
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct FeedEvent {
    /// The position.
    pub position: i64,
    /// The event.
    #[row(flatten)]
    pub event: Event,
}

/// Whether there are events without a position.
///
/// # Errors
///
/// Any [`Error`].
pub async fn has_unplaced(database: &Database) -> Result<bool, Error> {
    let text = "SELECT 1 FROM outbox_events WHERE position IS NULL LIMIT 1";
    Ok(database.query_optional::<()>(text, &[]).await?.is_some())
}

/// Whether the engine numbers events in the order in which transactions write them, whichever connection they use: otherwise
/// those of one subject could change places. PostgreSQL's sequences do, unless each connection takes several numbers at once.
///
/// # Errors
///
/// Any [`Error`].
pub async fn are_events_ordered(database: &Database) -> Result<bool, Error> {
    const TAKEN_AT_ONCE: Sql = Sql::per_engine(
        "SELECT 1",
        "SELECT seqcache FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence('outbox_events', 'ordinal')::regclass",
    );
    match database.query_scalar_optional::<i64>(&TAKEN_AT_ONCE, &[]).await {
        Ok(taken) => Ok(taken == Some(1)),
        // No such function or catalogue.
        Err(Error::Other(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives at most [`BATCH`] committed events their positions, and returns how many there were.
///
/// # Errors
///
/// Any [`Error`].
pub async fn assign_positions(database: &Database) -> Result<usize, Error> {
    if !has_unplaced(database).await? {
        return Ok(0);
    }
    transaction!(database, |transaction| assign_positions_within(transaction, BATCH).await)
}

/// The same for at most `most` events, within a transaction, for which other processes that do this wait.
///
/// # Errors
///
/// Any [`Error`].
pub async fn assign_positions_within(transaction: &mut Transaction, most: u32) -> Result<usize, Error> {
    let lock = "UPDATE outbox_head SET position = position WHERE id = 1 RETURNING position";
    let head: i64 = transaction.query_scalar(lock, &[]).await?;
    // This statement begins after the lock was acquired, so it reads everything committed before.
    const ASSIGN: Sql = Sql::per_engine(
        "UPDATE outbox_events SET position = $1 + placed.number
         FROM (SELECT id, row_number() OVER (ORDER BY rowid) AS number FROM outbox_events
               WHERE position IS NULL ORDER BY rowid LIMIT $2) AS placed
         WHERE placed.id = outbox_events.id",
        "UPDATE outbox_events SET position = $1 + placed.number
         FROM (SELECT id, row_number() OVER (ORDER BY ordinal) AS number FROM outbox_events
               WHERE position IS NULL ORDER BY ordinal LIMIT $2) AS placed
         WHERE placed.id = outbox_events.id",
    );
    let count = transaction.execute(ASSIGN, values![head, most]).await?;
    if count > 0 {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        transaction
            .execute_pipelined("UPDATE outbox_head SET position = $1 WHERE id = 1", values![head + count])
            .await?;
    }
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
