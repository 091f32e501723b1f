//! Deleting entries that are older than they are to be kept.

use vestibule_core::Timestamp;
use vestibule_database::{Error, values};

use crate::AuditLog;

impl AuditLog {
    /// Deletes the entries from before a time, a batch in each transaction, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was deleted before stays deleted.
    pub async fn delete_before(&self, time: Timestamp) -> Result<u64, Error> {
        let text = "DELETE FROM audit_entries WHERE id IN (
                        SELECT id FROM audit_entries WHERE created_at < $1 ORDER BY created_at LIMIT $2)";
        self.database.execute_in_batches(text, values![time]).await
    }
}
