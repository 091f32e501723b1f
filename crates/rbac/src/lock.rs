//! Serializes changes that would otherwise each see half of the other.

use vestibule_database::{Error, Transaction, values};

use crate::RbacModule;

impl RbacModule {
    /// Waits for the lock that serializes changes of roles and of super admins; it lasts until the transaction ends.
    /// Take it before anything else is read or locked, so that no two transactions deadlock.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_within(&self, transaction: &mut Transaction) -> Result<(), Error> {
        transaction.execute_pipelined("UPDATE rbac_turn SET taken = taken + 1 WHERE id = $1", values![1_i64]).await
    }
}
