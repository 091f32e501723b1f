//! What a place to deliver to has to be able to do.

use std::time::Duration;

use async_trait::async_trait;
use vestibule_database::{Error, Transaction};
use vestibule_outbox::{Event, Placed};

use crate::{Delivery, Reason};

/// A place that events are delivered to: mail, webhooks, or an embedder's own.
#[async_trait]
pub trait Destination: Send + Sync + 'static {
    /// Its name, which the deliveries keep.
    fn name(&self) -> &str;

    /// Which of these events are to be delivered, and where. Called within the transaction in which their deliveries are
    /// made, so nothing slow.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; the events are then planned again later.
    async fn targets(&self, transaction: &mut Transaction, events: &[Placed]) -> Result<Vec<Target>, Error>;

    /// Delivers. It may be called more than once for one delivery, also after it has succeeded: when the process dies
    /// before that could be written. Deliveries of one subject to one target come one after the other.
    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome;

    /// Called when a delivery is over, within the transaction in which that is written: what follows from it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    async fn finished(
        &self,
        _transaction: &mut Transaction,
        _delivery: &Delivery,
        _outcome: &Outcome,
    ) -> Result<(), Error> {
        Ok(())
    }
}

/// Where an event goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The event's place in the feed.
    pub position: i64,
    /// Which one of the destination; empty where there is only one.
    pub target: String,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has arrived.
    Sent {
        /// At this address.
        recipient: Option<String>,
        /// With this HTTP status.
        status: Option<u16>,
    },
    /// It did not, and may do so later.
    Again {
        /// Why not.
        reason: Reason,
        /// The address that it should have reached.
        recipient: Option<String>,
        /// The HTTP status of the answer.
        status: Option<u16>,
        /// Not before this long.
        after: Option<Duration>,
        /// The place could not be reached at all, so that others which are to go there need not be tried.
        is_unreachable: bool,
    },
    /// It will not, however often it is tried.
    Failed {
        /// Why not.
        reason: Reason,
        /// The address that it should have reached.
        recipient: Option<String>,
        /// The HTTP status of the answer.
        status: Option<u16>,
        /// The target wants nothing any more.
        is_refused_for_good: bool,
    },
    /// It need not: something newer has taken its place, or what it tells of is over.
    Superseded {
        /// By what.
        reason: Reason,
    },
    /// It must wait: nothing was tried, and no try is counted.
    Wait {
        /// For what.
        reason: Reason,
        /// How long.
        after: Duration,
    },
}
