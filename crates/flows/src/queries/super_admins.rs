//! A user who may do everything and can sign in.
//!
//! Reason: it runs while other writers wait. One query stops at the first match; lists of modules would be read whole.

use vestibule_database::{Database, Error, Transaction, values};
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

/// The providers by which super admins can sign in, each once.
pub(crate) async fn providers_of_super_admins(database: &Database) -> Result<Vec<String>, Error> {
    // SQLite reads cross joins in this order. It knows no numbers of rows, and would begin with the identities of all users.
    let text = "SELECT DISTINCT part.provider FROM rbac_assignments assignment
                CROSS JOIN users CROSS JOIN auth_identity_actors actor CROSS JOIN provider_identities part
                WHERE assignment.role_id = $1
                  AND users.id = assignment.subject_id AND users.deleted_at IS NULL AND users.locked_at IS NULL
                  AND actor.actor_type = 'user' AND actor.actor_id = users.id
                  AND part.auth_identity_id = actor.auth_identity_id
                ORDER BY part.provider";
    database.query_scalars(text, values![&RoleId::super_admin()]).await
}
