//! Deliveries that are due, and that no process tries.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, WALK, values};

use super::{Deliveries, DeliveryId};

/// How long a delivery may be due before it counts as stuck: a relay that runs takes it within seconds, and a lease lasts two minutes.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Where a walk through the queue continues.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    position: i64,
    id: String,
}

impl Place {
    pub(crate) fn start() -> Self {
        Self { position: i64::MIN, id: String::new() }
    }
}

#[derive(FromRow)]
struct Queued {
    id: DeliveryId,
    position: i64,
    next_try_at: Timestamp,
    is_first: bool,
}

impl Deliveries {
    /// Finds those of the next queued deliveries that are stuck, and where to continue; nothing after the last one. One that waits for
    /// an earlier one of the same subject, or for a target that rests, is not stuck.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub(crate) async fn examine_queue(&self, place: &Place) -> Result<(Vec<DeliveryId>, Option<Place>), Error> {
        let text = "WITH page AS MATERIALIZED (
                        SELECT id, position, subject, state, destination, target, origin, next_try_at FROM deliveries
                        WHERE state = 'queued' AND (position, id) > ($1, $2) ORDER BY position, id LIMIT $3)
                    SELECT id, position, next_try_at,
                        NOT EXISTS (
                            SELECT 1 FROM deliveries earlier
                            WHERE earlier.subject = page.subject AND earlier.state = page.state
                                AND earlier.position < page.position AND earlier.destination || '' = page.destination
                                AND earlier.target || '' = page.target
                                AND (earlier.origin || '' = 'authenticated' OR page.destination <> 'mail'))
                        AND NOT EXISTS (
                            SELECT 1 FROM delivery_pauses pause
                            WHERE pause.destination = page.destination AND pause.target = page.target AND pause.until > $4)
                        AS is_first
                    FROM page ORDER BY position, id";
        let now = self.environment.now();
        let queued: Vec<Queued> =
            self.database.scan(text, values![place.position, place.id.as_str(), WALK, now]).await?;
        let next = queued.last().map(|last| Place { position: last.position, id: last.id.to_string() });
        let is_stuck = |queued: &Queued| queued.is_first && queued.next_try_at <= now - PATIENCE;
        Ok((queued.into_iter().filter(is_stuck).map(|queued| queued.id).collect(), next))
    }
}
