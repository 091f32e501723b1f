//! Deleting old rows: finished deliveries, events that have been delivered everywhere, counts.

use std::time::Duration;

use vestibule_database::{Error, transaction, values};
use vestibule_outbox::feed::delete_events_within;

use super::Deliveries;

/// How long mails to an address are counted.
pub(crate) const COUNTED: Duration = Duration::from_secs(60 * 60);

impl Deliveries {
    /// Deletes deliveries that finished more than `keep` ago, and events that are older than that and that nothing
    /// waits for. Returns how many rows there were.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_old(&self, keep: Duration) -> Result<u64, Error> {
        let (mut total, batch) = (0, self.database.batch());
        loop {
            let deleted = self.delete_batch(keep).await?;
            total += deleted;
            if deleted < u64::from(batch) {
                break;
            }
        }
        self.delete_old_counts().await?;
        Ok(total)
    }

    /// Deletes counts of mails. There is no index of their times: those that stay, of the last hour, are read once.
    async fn delete_old_counts(&self) -> Result<u64, Error> {
        let text = "DELETE FROM mail_counts WHERE since < $1 AND address IN (
                        SELECT address FROM mail_counts WHERE since < $1 LIMIT $2)";
        self.database.execute_in_batches(text, values![self.environment.now() - COUNTED]).await
    }

    async fn delete_batch(&self, keep: Duration) -> Result<u64, Error> {
        let (now, batch) = (self.environment.now(), self.database.batch());
        transaction!(self.database, |transaction| {
            let text = "DELETE FROM deliveries WHERE id IN (
                            SELECT id FROM deliveries WHERE finished_at < $1 ORDER BY finished_at LIMIT $2)";
            let deliveries = transaction.execute(text, values![now - keep, batch]).await?;
            // An event with a queued delivery, or without a plan yet, is needed, and so are those after it.
            let text = "SELECT MIN(position) FROM (
                            SELECT MIN(position - 1) AS position FROM deliveries WHERE state = 'queued'
                            UNION ALL SELECT position FROM notify_head WHERE id = 1) AS needed";
            let up_to = transaction.query_scalar_optional(text, &[]).await?.unwrap_or(0);
            let events = delete_events_within(transaction, now - keep, up_to, batch).await?;
            Ok(deliveries.max(events))
        })
    }
}
