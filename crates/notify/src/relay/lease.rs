//! Taking what is due: by one process at a time, for a while.

use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row, Sql, Transaction, values};

use super::Relay;
use crate::Delivery;
use crate::deliveries::columns;

vestibule_core::id!(
    /// One taking of a delivery: what comes of it is written only by whoever still has it.
    LeaseId,
    "lease"
);

/// A place that has deliveries waiting, and when the first of them is due.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) destination: String,
    pub(super) target: String,
    pub(super) due: Timestamp,
}

struct Waiting {
    target: String,
    due: Timestamp,
}

impl FromRow for Waiting {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { target: row.get("target")?, due: row.get("due")? })
    }
}

/// From one target to the next by the index, however much waits for each.
const WAITING: &str = "WITH RECURSIVE targets (target) AS (
         SELECT (SELECT target FROM deliveries
                 WHERE state = 'queued' AND destination = $1 ORDER BY target, next_try_at LIMIT 1)
         UNION ALL
         SELECT (SELECT target FROM deliveries
                 WHERE state = 'queued' AND destination = $1 AND target > targets.target
                 ORDER BY target, next_try_at LIMIT 1)
         FROM targets WHERE targets.target IS NOT NULL
     )
     SELECT target, (SELECT next_try_at FROM deliveries
                     WHERE state = 'queued' AND destination = $1 AND target = targets.target
                     ORDER BY next_try_at LIMIT 1) AS due
     FROM targets WHERE target IS NOT NULL";

/// Only the first of a subject to a place is taken, the next one when that is over: they arrive in their order.
///
/// What stands before a delivery is found by its subject alone: both engines would rather read all that waits at the place,
/// were they offered that.
macro_rules! lease {
    ($passing_over:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (
                 SELECT id FROM deliveries AS candidate
                 WHERE state = 'queued' AND destination = $1 AND target = $2 AND next_try_at <= $3
                     AND NOT EXISTS (
                         SELECT 1 FROM deliveries AS earlier
                         WHERE earlier.state = 'queued' AND earlier.subject = candidate.subject
                             AND earlier.position < candidate.position
                             AND earlier.destination || '' = $1 AND earlier.target || '' = $2)
                 ORDER BY next_try_at, position LIMIT $4 ",
            $passing_over,
            ")
             UPDATE deliveries SET lease = $5, next_try_at = $6, attempts = attempts + 1, updated_at = $3
             WHERE id IN (SELECT id FROM due) RETURNING ",
            columns!()
        )
    };
}

/// On PostgreSQL, rows that another process is taking at this moment are passed over.
const LEASE: Sql = Sql::per_engine(lease!(""), lease!("FOR UPDATE OF candidate SKIP LOCKED"));

impl Relay {
    /// The places of this relay that have deliveries waiting.
    pub(super) async fn places(&self) -> Result<Vec<Place>, Error> {
        let mut places = Vec::new();
        for destination in &self.destinations {
            let destination = destination.name();
            let waiting: Vec<Waiting> = self.database.query(WAITING, values![destination]).await?;
            let place = |Waiting { target, due }| Place { destination: destination.to_owned(), target, due };
            places.extend(waiting.into_iter().map(place));
        }
        Ok(places)
    }

    /// Takes what is due at a place, at most `most`.
    pub(super) async fn lease_within(
        &self,
        transaction: &mut Transaction,
        place: &Place,
        most: usize,
    ) -> Result<Vec<(LeaseId, Delivery)>, Error> {
        let now = self.environment.now();
        let lease: LeaseId = self.environment.id();
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let (destination, target) = (place.destination.as_str(), place.target.as_str());
        let values = values![destination, target, now, most, lease, now + self.options.lease];
        let mut taken: Vec<Delivery> = transaction.query(LEASE, values).await?;
        taken.sort_by_key(|delivery| delivery.position);
        Ok(taken.into_iter().map(|delivery| (lease, delivery)).collect())
    }
}
