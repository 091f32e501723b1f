//! A user who may do everything and can sign in.
//!
//! Reason: it runs while other writers wait. One query stops at the first match; lists of modules would be read whole.

use vestibule_database::{Error, Transaction, values};
use vestibule_rbac::RoleId;
use vestibule_user::UserId;

/// Finds a super admin who can sign in, `user` last: where `user` is returned, there is no other.
pub(crate) async fn super_admin_but_for(transaction: &mut Transaction, user: UserId) -> Result<Option<UserId>, Error> {
    let text = "SELECT users.id FROM rbac_assignments assignment JOIN users ON users.id = assignment.subject_id
                WHERE assignment.role_id = $2 AND users.deleted_at IS NULL AND users.locked_at IS NULL
                  AND EXISTS (SELECT 1 FROM auth_identity_actors actor
                              WHERE actor.actor_type = 'user' AND actor.actor_id = users.id)
                ORDER BY CASE WHEN users.id = $1 THEN 1 ELSE 0 END LIMIT 1";
    transaction.query_scalar_optional(text, values![user, &RoleId::super_admin()]).await
}
