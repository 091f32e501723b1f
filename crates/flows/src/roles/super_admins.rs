//! The last super admin stays (security.md 27).

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, values};
use vestibule_rbac::RoleId;
use vestibule_user::UserId;

use crate::Flows;

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
        let text = "SELECT 1 AS one FROM rbac_assignments WHERE subject_id = $1 AND role_id = $2";
        if transaction.query_optional::<()>(text, values![user, &RoleId::super_admin()]).await?.is_none() {
            return Ok(());
        }
        let can_come_in = "EXISTS (SELECT 1 FROM auth_identity_actors actor
                                   WHERE actor.actor_type = 'user' AND actor.actor_id = users.id)";
        let text = format!(
            "SELECT users.id FROM rbac_assignments assignment JOIN users ON users.id = assignment.subject_id
             WHERE assignment.role_id = $2 AND users.deleted_at IS NULL AND users.locked_at IS NULL AND {can_come_in}
             ORDER BY CASE WHEN users.id = $1 THEN 1 ELSE 0 END LIMIT 1"
        );
        let first: Option<Holder> = transaction.query_optional(text, values![user, &RoleId::super_admin()]).await?;
        // The one in question comes last: found first, he is the only one.
        match first {
            Some(Holder(id)) if id == user => Err(LastSuperAdminError::Last),
            _ => Ok(()),
        }
    }
}

struct Holder(UserId);

impl vestibule_database::FromRow for Holder {
    fn from_row(row: &vestibule_database::Row<'_>) -> Result<Self, Error> {
        row.get("id").map(Self)
    }
}
