//! Reading the feed: events in the order of their places.

use std::time::Duration;

use tokio::time::Instant;
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Announcements, Connection, Database, Error, FromRow, Transaction, values};

use crate::place::{BATCH, Placed, place};

/// How long a subscription waits for an announcement before it looks by itself.
const LOOK: Duration = Duration::from_secs(5);

/// Why events could not be read.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum FeedError {
    /// Events after this cursor were deleted, because they were old.
    #[error(
        "Events up to {deleted_to} were deleted because they were old, so some after {after} are missing. Read what there \
         is now, then go on with after={deleted_to}, or begin anew with after=0"
    )]
    #[kind(InvalidData, code = "cursor_too_old")]
    TooOld {
        /// What was asked for.
        after: i64,
        /// Up to which place there is nothing any more.
        deleted_to: i64,
    },
    /// No event has this place yet: it comes from another database.
    #[error(
        "There is no event {after} yet, the last one is {last}. A cursor is good for the database that it came from"
    )]
    #[kind(InvalidData, code = "cursor_ahead")]
    Ahead {
        /// What was asked for.
        after: i64,
        /// The last place that was given.
        last: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Where the feed begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Bounds {
    /// The last place that was given; 0 before the first.
    #[row(column = "position")]
    pub last: i64,
    /// Up to which place events were deleted.
    pub deleted_to: i64,
}

/// Where the feed begins and ends.
///
/// # Errors
///
/// Any [`Error`].
pub async fn bounds(connection: impl Into<Connection<'_>>) -> Result<Bounds, Error> {
    let text = "SELECT position, deleted_to FROM outbox_head WHERE id = 1";
    let bounds = connection.into().query_optional(text, &[]).await?;
    bounds.ok_or_else(|| Error::Other("the head of the outbox is not there".into()))
}

/// At most `limit` events after a place, in their order, all that were committed before this was called among them. With
/// 0 from the first on that is still there.
///
/// # Errors
///
/// [`FeedError`].
pub async fn events_after(database: &Database, after: i64, limit: u32) -> Result<Vec<Placed>, FeedError> {
    let mut placed = 0;
    while placed < limit {
        let count = place(database).await?;
        placed = placed.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        if count < BATCH as usize {
            break;
        }
    }
    // Read before the events: what is deleted in between is noticed at the next page.
    let bounds = bounds(database).await?;
    if after != 0 && after < bounds.deleted_to {
        return Err(FeedError::TooOld { after, deleted_to: bounds.deleted_to });
    }
    if after > bounds.last {
        return Err(FeedError::Ahead { after, last: bounds.last });
    }
    Ok(placed_after(database, after, limit).await?)
}

/// The same, and where there is none yet, waits for the first: at most for `patience`, then there is none.
///
/// # Errors
///
/// [`FeedError`].
pub async fn wait_for_events_after(
    database: &Database,
    after: i64,
    limit: u32,
    patience: Duration,
) -> Result<Vec<Placed>, FeedError> {
    // Before the first look, so that nothing is missed between the two.
    let mut announcements = database.announcements();
    let until = Instant::now() + patience;
    loop {
        let events = events_after(database, after, limit).await?;
        let now = Instant::now();
        if !events.is_empty() || now >= until {
            return Ok(events);
        }
        // Whether by an announcement or by the time.
        tokio::time::timeout_at(until.min(now + LOOK), announcements.next()).await.ok();
    }
}

/// The events that have a place after this one.
///
/// # Errors
///
/// Any [`Error`].
pub async fn placed_after(connection: impl Into<Connection<'_>>, after: i64, limit: u32) -> Result<Vec<Placed>, Error> {
    let text = "SELECT id, name, subject, data, created_at, position FROM outbox_events
                WHERE position > $1 ORDER BY position LIMIT $2";
    connection.into().query(text, values![after, limit]).await
}

/// Deletes events that were recorded before `before` and have a place up to `up_to`, at most `limit` of them, and tells
/// how many there were.
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
    // From the front, without holes: a place says up to where there is nothing.
    let text = "DELETE FROM outbox_events WHERE position IN (
                    SELECT position FROM outbox_events AS old WHERE old.position <= $1
                    AND old.position < COALESCE((SELECT kept.position FROM outbox_events AS kept
                        WHERE kept.position IS NOT NULL AND kept.created_at >= $2
                        ORDER BY kept.position LIMIT 1), $1 + 1)
                    ORDER BY old.position LIMIT $3
                ) RETURNING position";
    let deleted: Vec<i64> = transaction.query_scalars(text, values![up_to, before, limit]).await?;
    if let Some(last) = deleted.iter().max() {
        transaction.execute("UPDATE outbox_head SET deleted_to = $1 WHERE id = 1", values![*last]).await?;
    }
    Ok(u64::try_from(deleted.len()).unwrap_or(u64::MAX))
}

/// The feed, for a program that embeds the modules: events as they are committed, each once, in their order.
///
/// Whoever wants to go on after a restart where he stopped keeps the position of the last event that he has dealt with.
pub struct Subscription {
    database: Database,
    announcements: Announcements,
    after: i64,
    ready: std::collections::VecDeque<Placed>,
}

impl Subscription {
    /// The events after a place: 0 for all that are still there. See [`bounds`] for where the feed ends now.
    pub fn new(database: &Database, after: i64) -> Self {
        let announcements = database.announcements();
        Self { database: database.clone(), announcements, after, ready: std::collections::VecDeque::new() }
    }

    /// The next event; waits until there is one. Other processes' events come at once where
    /// [`Database::exchange_announcements`] runs, else within seconds.
    ///
    /// # Errors
    ///
    /// [`FeedError`]. After one it can be called again.
    pub async fn next(&mut self) -> Result<Placed, FeedError> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                self.after = next.position;
                return Ok(next);
            }
            self.ready = events_after(&self.database, self.after, BATCH).await?.into();
            if self.ready.is_empty() {
                // Whether by an announcement or by the time.
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
