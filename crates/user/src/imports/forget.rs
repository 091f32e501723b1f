//! Undoing an import.

use vestibule_database::{Error, Transaction};

use super::present::portions;
use crate::UserModule;

impl UserModule {
    /// Deletes users, and invites that were not accepted, as if they had never been there. No event is recorded.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn forget_imported_within(&self, transaction: &mut Transaction, ids: &[String]) -> Result<(), Error> {
        for (places, values) in portions(ids) {
            let text = format!("DELETE FROM users WHERE id IN ({places})");
            transaction.execute(text, &values).await?;
            let text = format!("DELETE FROM invites WHERE state <> 'accepted' AND id IN ({places})");
            transaction.execute(text, &values).await?;
        }
        Ok(())
    }
}
