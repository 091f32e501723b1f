//! The last super admin stays (security.md 27).

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction};
use vestibule_rbac::RoleId;
use vestibule_user::UserId;

use crate::Flows;
use crate::queries::super_admins::super_admin_but_for;

/// Why somebody who may do everything stays one who may.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum LastSuperAdminError {
    /// There is no other.
    #[error("This is the last super admin: nobody would be left who may do everything. Make somebody else one first.")]
    #[kind(NotAllowed, code = "last_super_admin")]
    Last,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Refuses to go on where `user` is the last who can come in and may do everything. Whoever calls this takes the turn,
    /// here or before, before he writes anything else in the transaction: of two who take the right from each other at
    /// once, the second waits until the first is done.
    pub(crate) async fn keep_a_super_admin_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
    ) -> Result<(), LastSuperAdminError> {
        self.rbac.take_turn_within(transaction).await?;
        if !self.rbac.role_ids_of(&mut *transaction, &user.to_string()).await?.contains(&RoleId::super_admin()) {
            return Ok(());
        }
        match super_admin_but_for(transaction, user).await? {
            Some(id) if id == user => Err(LastSuperAdminError::Last),
            _ => Ok(()),
        }
    }
}
