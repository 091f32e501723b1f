//! What a user may do at this moment, where the user exists and is not locked.
//!
//! Reason: one statement sees one state of the database. Were user and roles read by two, a deletion between them would
//! make a caller who is gone look like one without permissions. It also runs in front of every change.

use vestibule_database::{Connection, Error, values};
use vestibule_rbac::Permissions;

/// The permissions of the user with this id; `None` if there is no such user, or they are deleted or locked.
pub(crate) async fn find_by_id(connection: impl Into<Connection<'_>>, id: &str) -> Result<Option<Permissions>, Error> {
    let text = "SELECT COALESCE(role_set.grants, '') FROM users
                LEFT JOIN rbac_subject_sets subject ON subject.subject_id = users.id
                LEFT JOIN rbac_role_sets role_set ON role_set.id = subject.set_id
                WHERE users.id = $1 AND users.deleted_at IS NULL AND users.locked_at IS NULL";
    let grants: Option<String> = connection.into().query_scalar_optional(text, values![id]).await?;
    Ok(grants.map(|grants| {
        let mut permissions = Permissions::default();
        permissions.add(&grants);
        permissions
    }))
}
