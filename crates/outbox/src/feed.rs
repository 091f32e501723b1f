//! Reading the feed: events in the order of their positions.
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
//! use vestibule_outbox::FeedError;
//! use vestibule_outbox::feed::{bounds, events_after};
//!
//! // Two events are recorded.
//! let first = events_after(&database, 0, 1).await?;
//! let next = events_after(&database, first[0].position, 100).await?;
//! assert_eq!((first[0].event.subject.as_str(), next[0].event.subject.as_str()), ("book_1", "book_2"));
//! assert_eq!(bounds(&database).await?.last, 2);
//! assert!(matches!(events_after(&database, 3, 100).await, Err(FeedError::Ahead { last: 2, .. })));
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use tokio::time::Instant;
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Announcements, Connection, Database, Error, FromRow, Transaction, values};

use crate::positions::{BATCH, FeedEvent, assign_positions};

/// How long a subscription waits for an announcement before it polls.
const LOOK: Duration = Duration::from_secs(5);

/// Why events could not be read.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum FeedError {
    /// Events after this cursor were deleted, because they were old.
    #[error(
        "Events up to {deleted_to} were deleted because they were old, so some after {after} are missing. Read what there \
         is now, then go on with after={deleted_to}, or start again with after=0"
    )]
    #[kind(InvalidData, code = "cursor_too_old")]
    TooOld {
        /// The position that was given.
        after: i64,
        /// The last position up to which events were deleted.
        deleted_to: i64,
    },
    /// No event has this position yet: it is from another database.
    #[error(
        "There is no event {after} yet, the last one is {last}. A cursor is good for the database that it came from"
    )]
    #[kind(InvalidData, code = "cursor_ahead")]
    Ahead {
        /// The position that was given.
        after: i64,
        /// The last position of the feed.
        last: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The bounds of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Bounds {
    /// The last position; 0 before the first event.
    #[row(column = "position")]
    pub last: i64,
    /// The last position up to which events were deleted.
    pub deleted_to: i64,
}

/// Reads the bounds of the feed.
///
/// # Errors
///
/// Any [`Error`].
pub async fn bounds(connection: impl Into<Connection<'_>>) -> Result<Bounds, Error> {
    let text = "SELECT position, deleted_to FROM outbox_head WHERE id = 1";
    let bounds = connection.into().query_optional(text, &[]).await?;
    bounds.ok_or_else(|| Error::Other("the head of the outbox is not there".into()))
}

/// Reads at most `limit` events after a position, in order, including all that were committed before the call. With 0,
/// from the first remaining event on.
///
/// # Errors
///
/// [`FeedError`].
pub async fn events_after(database: &Database, after: i64, limit: u32) -> Result<Vec<FeedEvent>, FeedError> {
    let mut placed = 0;
    while placed < limit {
        let count = assign_positions(database).await?;
        placed = placed.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        if count < BATCH as usize {
            break;
        }
    }
    // Read before the events: a deletion in between is noticed at the next page.
    let bounds = bounds(database).await?;
    if after != 0 && after < bounds.deleted_to {
        return Err(FeedError::TooOld { after, deleted_to: bounds.deleted_to });
    }
    if after > bounds.last {
        return Err(FeedError::Ahead { after, last: bounds.last });
    }
    Ok(positioned_after(database, after, limit).await?)
}

/// The same, but waits for the first event: at most for `patience`, then returns none.
///
/// # Errors
///
/// [`FeedError`].
pub async fn wait_for_events_after(
    database: &Database,
    after: i64,
    limit: u32,
    patience: Duration,
) -> Result<Vec<FeedEvent>, FeedError> {
    // Before the first read, so that nothing is missed between the two.
    let mut announcements = database.announcements();
    let until = Instant::now() + patience;
    loop {
        let events = events_after(database, after, limit).await?;
        let now = Instant::now();
        if !events.is_empty() || now >= until {
            return Ok(events);
        }
        // After an announcement or the time.
        tokio::time::timeout_at(until.min(now + LOOK), announcements.next()).await.ok();
    }
}

/// Lists the events after this position.
///
/// # Errors
///
/// Any [`Error`].
pub async fn positioned_after(
    connection: impl Into<Connection<'_>>,
    after: i64,
    limit: u32,
) -> Result<Vec<FeedEvent>, Error> {
    let text = "SELECT id, name, subject, data, created_at, position FROM outbox_events
                WHERE position > $1 ORDER BY position LIMIT $2";
    connection.into().query(text, values![after, limit]).await
}

/// Deletes at most `limit` events that were recorded before `before` and have a position up to `up_to`, and returns how
/// many there were.
///
/// # Errors
///
/// Any [`Error`].
pub async fn delete_events_within(
    transaction: &mut Transaction,
    before: Timestamp,
    up_to: i64,
    limit: u32,
) -> Result<u64, Error> {
    // From the front, without holes: `deleted_to` is one position. No further than the limit is read.
    let text = "WITH first AS (
                    SELECT position, created_at FROM outbox_events WHERE position <= $1 ORDER BY position LIMIT $3)
                DELETE FROM outbox_events WHERE position IN (
                    SELECT position FROM first WHERE position < COALESCE(
                        (SELECT min(kept.position) FROM first kept WHERE kept.created_at >= $2), $1 + 1)
                ) RETURNING position";
    let deleted: Vec<i64> = transaction.query_scalars(text, values![up_to, before, limit]).await?;
    if let Some(last) = deleted.iter().max() {
        transaction.execute_pipelined("UPDATE outbox_head SET deleted_to = $1 WHERE id = 1", values![*last]).await?;
    }
    Ok(u64::try_from(deleted.len()).unwrap_or(u64::MAX))
}

/// A subscription to the feed, for embedding programs: events as they are committed, each once, in order.
///
/// To continue after a restart, store the position of the last event that you have handled.
pub struct Subscription {
    database: Database,
    announcements: Announcements,
    after: i64,
    ready: std::collections::VecDeque<FeedEvent>,
}

impl Subscription {
    /// Subscribes to the events after a position: 0 for all that remain. See [`bounds`] for the end of the feed.
    pub fn new(database: &Database, after: i64) -> Self {
        let announcements = database.announcements();
        Self { database: database.clone(), announcements, after, ready: std::collections::VecDeque::new() }
    }

    /// Returns the next event; waits until there is one. Other processes' events arrive at once where
    /// [`Database::exchange_announcements`] runs, else within seconds.
    ///
    /// # Errors
    ///
    /// [`FeedError`]. After one it can be called again.
    pub async fn next(&mut self) -> Result<FeedEvent, FeedError> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                self.after = next.position;
                return Ok(next);
            }
            self.ready = events_after(&self.database, self.after, BATCH).await?.into();
            if self.ready.is_empty() {
                // After an announcement or the time.
                tokio::time::timeout(LOOK, self.announcements.next()).await.ok();
            }
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("after", &self.after).finish_non_exhaustive()
    }
}
