//! The interface of a destination.

use std::time::Duration;

use async_trait::async_trait;
use vestibule_database::{Error, Transaction};
use vestibule_outbox::{Event, FeedEvent};

use crate::{Delivery, Reason};

/// A destination of events: mail, webhooks, or an embedding program's own.
#[async_trait]
pub trait Destination: Send + Sync + 'static {
    /// Its name, which is stored with the deliveries.
    fn name(&self) -> &str;

    /// Returns where these events are to be delivered. Called within the transaction that creates their deliveries, so
    /// it must be fast.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; the events are then planned again later.
    async fn targets(&self, transaction: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error>;

    /// Delivers. It may be called more than once for one delivery, also after a success: if the process dies before
    /// that is written. Deliveries of one subject to one target are sequential.
    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome;

    /// Called when a delivery is finished, within the transaction that writes this, for what follows from it.
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

/// The target of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The event's position in the feed.
    pub position: i64,
    /// The target within the destination; empty if there is only one.
    pub target: String,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has arrived.
    Sent {
        /// The recipient's address.
        recipient: Option<String>,
        /// The HTTP status of the response.
        status: Option<u16>,
    },
    /// It did not, and may do so later.
    Again {
        /// The reason.
        reason: Reason,
        /// The intended recipient's address.
        recipient: Option<String>,
        /// The HTTP status of the response.
        status: Option<u16>,
        /// The earliest time of the next attempt, from now.
        after: Option<Duration>,
        /// The target is unreachable, so others with this target need not be tried.
        is_unreachable: bool,
    },
    /// It failed for good.
    Failed {
        /// The reason.
        reason: Reason,
        /// The intended recipient's address.
        recipient: Option<String>,
        /// The HTTP status of the response.
        status: Option<u16>,
        /// The target wants no more deliveries.
        is_refused_for_good: bool,
    },
    /// It is not needed: something newer supersedes it, or its event no longer matters.
    Superseded {
        /// The reason.
        reason: Reason,
    },
    /// It must wait: nothing was tried, and no attempt is counted.
    Wait {
        /// The reason.
        reason: Reason,
        /// How long.
        after: Duration,
    },
}
