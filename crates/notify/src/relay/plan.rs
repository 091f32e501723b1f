//! Creating deliveries from events, in the order of the feed.

use serde_json::json;
use vestibule_database::{Error, Sql, Transaction, transaction, values};
use vestibule_outbox::feed::positioned_after;
use vestibule_outbox::positions::assign_positions_within;

use super::Relay;
use crate::deliveries::DeliveryId;

/// Inserts the deliveries of `$1`, a list of objects. A target that rests is not tried before its time.
macro_rules! insert {
    ($objects:literal) => {
        concat!(
            "INSERT INTO deliveries (id, event_id, position, name, subject, destination, target, origin, state, attempts,
                 next_try_at, created_at, updated_at)
             SELECT planned.value ->> 'id', event.id, event.position, event.name, event.subject,
                 planned.value ->> 'destination', planned.value ->> 'target',
                 COALESCE(event.data ->> 'origin', 'authenticated'), 'queued', 0,
                 CASE WHEN pause.until > $2 THEN pause.until ELSE $2 END, $2, $2
             FROM ",
            $objects,
            " JOIN outbox_events AS event ON event.position = CAST(planned.value ->> 'position' AS bigint)
             LEFT JOIN delivery_pauses AS pause ON pause.destination = planned.value ->> 'destination'
                 AND pause.target = planned.value ->> 'target'
             WHERE true ON CONFLICT DO NOTHING"
        )
    };
}

const INSERT: Sql =
    Sql::per_engine(insert!("json_each($1) AS planned"), insert!("jsonb_array_elements($1) AS planned (value)"));

impl Relay {
    /// Creates the deliveries of the next events, at most `most` of them. Returns whether there may be more.
    pub(super) async fn plan(&self, most: u32) -> Result<bool, Error> {
        let is_behind = "SELECT 1 WHERE EXISTS (SELECT 1 FROM outbox_events WHERE position IS NULL)
                         OR (SELECT position FROM notify_head WHERE id = 1) < (SELECT position FROM outbox_head WHERE id = 1)";
        if self.database.query_optional::<()>(is_behind, &[]).await?.is_none() {
            return Ok(false);
        }
        transaction!(self.database, |transaction| self.plan_within(transaction, most).await)
    }

    async fn plan_within(&self, transaction: &mut Transaction, most: u32) -> Result<bool, Error> {
        let lock = "UPDATE notify_head SET position = position WHERE id = 1 RETURNING position";
        let head = transaction.query_scalar(lock, &[]).await?;
        assign_positions_within(transaction, most).await?;
        let events = positioned_after(&mut *transaction, head, most).await?;
        let Some(last) = events.last().map(|placed| placed.position) else { return Ok(false) };
        let mut planned = Vec::new();
        for destination in &self.destinations {
            for target in destination.targets(transaction, &events).await? {
                planned.push(json!({
                    "id": self.environment.id::<DeliveryId>(),
                    "destination": destination.name(),
                    "target": target.target,
                    "position": target.position,
                }));
            }
        }
        if !planned.is_empty() {
            transaction.execute_pipelined(INSERT, values![json!(planned), self.environment.now()]).await?;
        }
        transaction.execute_pipelined("UPDATE notify_head SET position = $1 WHERE id = 1", values![last]).await?;
        Ok(events.len() >= most as usize)
    }
}
