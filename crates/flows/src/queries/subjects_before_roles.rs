//! The users and open invites of a database that had no roles.
//!
//! Reason: the tables are set up before a User Module exists.

use vestibule_database::{Error, Transaction};

/// The ids of all users and of all invites that can become users.
pub(crate) async fn subjects_before_roles(transaction: &mut Transaction) -> Result<Vec<String>, Error> {
    let text = "SELECT id FROM users WHERE deleted_at IS NULL
                UNION ALL SELECT id FROM invites WHERE state = 'pending' AND user_id IS NULL AND deleted_at IS NULL";
    transaction.query_scalars(text, &[]).await
}
