//! Taking what is due: by one process at a time, for a while.

use serde_json::{Value as Json, json};
use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row, Sql, transaction, values};

use super::Relay;
use crate::Delivery;

vestibule_core::id!(
    /// One taking of a delivery: what comes of it is written only by whoever still has it.
    LeaseId,
    "lease"
);

/// Only the first of a subject to a target is taken, the next one when that is over: they arrive in their order. Rows that
/// another process is taking at this moment are passed over.
const LEASE: Sql = Sql::per_engine(
    "WITH due AS MATERIALIZED (
         SELECT id FROM deliveries AS candidate
         WHERE state = 'queued' AND next_try_at <= $1
             AND destination IN (SELECT value FROM json_each($2))
             AND destination || ' ' || target NOT IN (SELECT value FROM json_each($3))
             AND NOT EXISTS (
                 SELECT 1 FROM deliveries AS earlier WHERE earlier.state = 'queued'
                     AND earlier.destination = candidate.destination AND earlier.target = candidate.target
                     AND earlier.subject = candidate.subject AND earlier.position < candidate.position)
         ORDER BY next_try_at, position LIMIT $4
     )
     UPDATE deliveries SET lease = $5, next_try_at = $6, attempts = attempts + 1, updated_at = $1
     FROM due WHERE deliveries.id = due.id
     RETURNING deliveries.id, event_id, position, name, subject, destination, target, state, attempts, next_try_at,
         recipient, reason, status, created_at, updated_at, finished_at",
    "WITH due AS MATERIALIZED (
         SELECT id FROM deliveries AS candidate
         WHERE state = 'queued' AND next_try_at <= $1
             AND destination IN (SELECT jsonb_array_elements_text($2::jsonb))
             AND destination || ' ' || target NOT IN (SELECT jsonb_array_elements_text($3::jsonb))
             AND NOT EXISTS (
                 SELECT 1 FROM deliveries AS earlier WHERE earlier.state = 'queued'
                     AND earlier.destination = candidate.destination AND earlier.target = candidate.target
                     AND earlier.subject = candidate.subject AND earlier.position < candidate.position)
         ORDER BY next_try_at, position LIMIT $4 FOR UPDATE OF candidate SKIP LOCKED
     )
     UPDATE deliveries SET lease = $5, next_try_at = $6, attempts = attempts + 1, updated_at = $1
     FROM due WHERE deliveries.id = due.id
     RETURNING deliveries.id, event_id, position, name, subject, destination, target, state, attempts, next_try_at,
         recipient, reason, status, created_at, updated_at, finished_at",
);

struct Due(Option<Timestamp>);

impl FromRow for Due {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.get_optional("due").map(Self)
    }
}

impl Relay {
    /// When the next delivery is due, of those that this relay can make; none where there is none.
    pub(super) async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        const NEXT: Sql = Sql::per_engine(
            "SELECT MIN(next_try_at) AS due FROM deliveries
             WHERE state = 'queued' AND destination IN (SELECT value FROM json_each($1))",
            "SELECT MIN(next_try_at) AS due FROM deliveries
             WHERE state = 'queued' AND destination IN (SELECT jsonb_array_elements_text($1::jsonb))",
        );
        let due: Option<Due> = self.database.query_optional(NEXT, values![self.names()]).await?;
        Ok(due.and_then(|due| due.0))
    }

    /// Takes what is due, at most `most`, and nothing for the targets that have enough to do already.
    pub(super) async fn lease(&self, most: usize, busy: &[String]) -> Result<(LeaseId, Vec<Delivery>), Error> {
        let now = self.environment.now();
        let lease: LeaseId = self.environment.id();
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let until = now + self.options.lease;
        let mut taken: Vec<Delivery> = transaction!(self.database, |transaction| {
            let values = values![now, self.names(), json!(busy), most, lease, until];
            transaction.query(LEASE, values).await
        })?;
        taken.sort_by_key(|delivery| delivery.position);
        Ok((lease, taken))
    }

    fn names(&self) -> Json {
        self.destinations.iter().map(|destination| destination.name()).collect()
    }
}
