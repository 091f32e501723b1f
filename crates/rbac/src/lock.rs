//! One at a time, where two at once would see half of what the other does.

use vestibule_database::{Error, Transaction, values};

use crate::RbacModule;

impl RbacModule {
    /// Waits for one's turn to change roles, or who has the role that may do everything; it lasts until the transaction
    /// ends. Take it before anything else is read or locked, so that nobody waits for somebody who waits for him.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn take_turn_within(&self, transaction: &mut Transaction) -> Result<(), Error> {
        transaction.execute("UPDATE rbac_turn SET taken = taken + 1 WHERE id = $1", values![1_i64]).await.map(drop)
    }
}
