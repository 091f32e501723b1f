//! Taking roles away.

use vestibule_database::{Error, Transaction, transaction, values};

use crate::{RbacModule, RoleId};

impl RbacModule {
    /// Takes roles from a subject. Those that it does not have are ignored.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn remove_roles(&self, subject_id: &str, roles: &[RoleId]) -> Result<u64, Error> {
        transaction!(self.database, |transaction| self.remove_roles_within(transaction, subject_id, roles).await)
    }

    /// Takes roles from a subject, within a transaction, and returns how many it had.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn remove_roles_within(
        &self,
        transaction: &mut Transaction,
        subject_id: &str,
        roles: &[RoleId],
    ) -> Result<u64, Error> {
        self.hold_subject_within(transaction, subject_id).await?;
        let mut gone = 0;
        for role in roles {
            let text = "DELETE FROM rbac_assignments WHERE subject_id = $1 AND role_id = $2
                        AND EXISTS (SELECT 1 FROM rbac_roles WHERE id = $2 AND deleted_at IS NULL)";
            gone += transaction.execute(text, values![subject_id, role]).await?;
        }
        self.gather_within(transaction, subject_id).await?;
        Ok(gone)
    }

    /// Takes every role from a subject that no longer exists, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn remove_subject_within(&self, transaction: &mut Transaction, subject_id: &str) -> Result<(), Error> {
        self.hold_subject_within(transaction, subject_id).await?;
        for text in [
            "DELETE FROM rbac_assignments WHERE subject_id = $1",
            "DELETE FROM rbac_subject_sets WHERE subject_id = $1",
        ] {
            transaction.execute_pipelined(text, values![subject_id]).await?;
        }
        Ok(())
    }
}
