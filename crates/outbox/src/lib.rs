//! Events, recorded in the transaction in which they happen, and read in the order in which they are committed.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! use vestibule_core::Environment;
//! use vestibule_outbox::{MIGRATIONS, Subscription, record_id};
//!
//! database.migrate(&[MIGRATIONS]).await?;
//! let mut subscription = Subscription::new(&database, 0);
//!
//! let mut transaction = database.begin().await?;
//! record_id(&mut transaction, &Environment::system(), "book.lent", "book_1").await?;
//! transaction.commit().await?;
//!
//! let lent = subscription.next().await?;
//! assert_eq!((lent.position, lent.event.name.as_str()), (1, "book.lent"));
//! # Ok(())
//! # }
//! ```
//!
//! An event and the change that it reports are committed together or not at all, so nothing is announced that did not
//! happen and nothing that happened is forgotten.
//!
//! - [`EventName`]: the events
//! - [`record`]: within the transaction of the change
//! - [`positions`]: a committed event gets its position in the feed
//! - [`feed`]: reading from a position on, without gaps; [`Subscription`] waits for new events
//!
//! Not here: delivering events to users and programs.

mod erase;
mod event;
pub mod feed;
mod names;
pub mod positions;

use vestibule_database::{Migration, Migrations};

pub use erase::erase_within;
pub use event::{Event, EventId, newest, record, record_id};
pub use feed::{FeedError, Subscription};
pub use names::EventName;
pub use positions::FeedEvent;

/// The tables of the outbox.
pub const MIGRATIONS: Migrations = Migrations {
    module: "outbox",
    steps: &[
        Migration { name: "V1__events", sql: include_str!("../migrations/V1__events.sql") },
        Migration { name: "V2__positions", sql: include_str!("../migrations/V2__positions.sql") },
    ],
};
