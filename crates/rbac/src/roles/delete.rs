//! Deleting roles. No one has a deleted role, and nothing inherits from it.

use vestibule_core::{DomainError, OneOrMany};
use vestibule_database::{Error, Transaction, transaction, values};

use crate::{RbacModule, RoleId};

/// Why roles could not be deleted. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum DeleteRolesError {
    /// It is the super admin role.
    #[error("The super admin role cannot be deleted")]
    #[kind(NotAllowed, code = "role_protected")]
    Protected,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Deletes one role or many, all or none. Unknown ids are ignored.
    ///
    /// # Errors
    ///
    /// [`DeleteRolesError`].
    pub async fn delete_rbac_roles(&self, ids: impl OneOrMany<RoleId>) -> Result<(), DeleteRolesError> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.delete_rbac_roles_within(transaction, &ids).await.map(drop))
    }

    /// Deletes roles within a transaction, and returns how many there were.
    ///
    /// # Errors
    ///
    /// [`DeleteRolesError`]; the transaction must then be rolled back.
    pub async fn delete_rbac_roles_within(
        &self,
        transaction: &mut Transaction,
        ids: &[RoleId],
    ) -> Result<u64, DeleteRolesError> {
        if ids.iter().any(RoleId::is_super_admin) {
            return Err(DeleteRolesError::Protected);
        }
        self.lock_within(transaction).await?;
        let mut gone = 0;
        for id in ids {
            let affected = self.with_descendants_within(transaction, id).await?;
            gone += transaction
                .execute(
                    "UPDATE rbac_roles SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL",
                    values![id, self.environment.now()],
                )
                .await?;
            // Its assignments may be many, so they stay until the clean-up: deleted roles are passed over.
            for text in [
                "DELETE FROM rbac_role_policies WHERE role_id = $1",
                "DELETE FROM rbac_role_parents WHERE role_id = $1 OR parent_id = $1",
            ] {
                transaction.execute_pipelined(text, values![id]).await?;
            }
            self.update_grants_within(transaction, &affected).await?;
        }
        Ok(gone)
    }
}
