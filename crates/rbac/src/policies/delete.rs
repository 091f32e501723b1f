//! Deleting policies. Roles lose a deleted policy.

use vestibule_core::{DomainError, OneOrMany};
use vestibule_database::{Error, Transaction, transaction, values};

use crate::{PolicyId, RbacModule};

/// Why policies could not be deleted. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum DeletePoliciesError {
    /// It is the policy that covers every policy.
    #[error("The policy *:* belongs to the super admin role and cannot be deleted")]
    #[kind(NotAllowed, code = "policy_protected")]
    Protected,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl RbacModule {
    /// Deletes one policy or many, all or none. Unknown ids are ignored. Built-in policies are created again when the
    /// program starts, without roles.
    ///
    /// # Errors
    ///
    /// [`DeletePoliciesError`].
    pub async fn delete_rbac_policies(&self, ids: impl OneOrMany<PolicyId>) -> Result<(), DeletePoliciesError> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.delete_rbac_policies_within(transaction, &ids).await.map(drop))
    }

    /// Deletes policies within a transaction, and returns how many there were.
    ///
    /// # Errors
    ///
    /// [`DeletePoliciesError`]; the transaction must then be rolled back.
    pub async fn delete_rbac_policies_within(
        &self,
        transaction: &mut Transaction,
        ids: &[PolicyId],
    ) -> Result<u64, DeletePoliciesError> {
        if ids.iter().any(PolicyId::is_super_admin) {
            return Err(DeletePoliciesError::Protected);
        }
        self.lock_within(transaction).await?;
        let mut gone = 0;
        for id in ids {
            gone += transaction
                .execute(
                    "UPDATE rbac_policies SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL",
                    values![id, self.environment.now()],
                )
                .await?;
            let holders = self.holders_within(transaction, id).await?;
            transaction.execute_pipelined("DELETE FROM rbac_role_policies WHERE policy_id = $1", values![id]).await?;
            self.update_grants_within(transaction, &holders).await?;
        }
        Ok(gone)
    }
}
