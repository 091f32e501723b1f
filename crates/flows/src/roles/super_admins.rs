//! The last super admin stays (security.md 27).

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction};
use vestibule_rbac::RoleId;
use vestibule_user::UserId;

use crate::Flows;
use crate::queries::super_admins;

/// Why the last super admin was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum LastSuperAdminError {
    /// There is no other.
    #[error("This is the last super admin: no one else may do everything. Make another user a super admin first.")]
    #[kind(NotAllowed, code = "last_super_admin")]
    Last,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// The providers by which super admins can sign in, each once.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn providers_of_super_admins(&self) -> Result<Vec<String>, Error> {
        super_admins::providers_of_super_admins(&self.database).await
    }

    /// Fails if `user` is the last super admin who can sign in. The caller of this takes the lock of roles, here or
    /// before, before any other write of the transaction: of two who demote each other at once, the second waits until
    /// the first is done.
    pub(crate) async fn keep_a_super_admin_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
    ) -> Result<(), LastSuperAdminError> {
        self.rbac.lock_within(transaction).await?;
        if !self.rbac.role_ids_of(&mut *transaction, &user.to_string()).await?.contains(&RoleId::super_admin()) {
            return Ok(());
        }
        match super_admins::super_admin_but_for(transaction, user).await? {
            Some(id) if id == user => Err(LastSuperAdminError::Last),
            _ => Ok(()),
        }
    }
}
