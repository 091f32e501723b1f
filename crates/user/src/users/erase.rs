//! Erasing what deletion leaves of a user: the row from which they could be restored, and their invites.

use vestibule_core::{EmailAddress, Erasure};
use vestibule_database::{Error, Transaction, values};

use super::UserId;
use crate::UserModule;
use crate::invites::InviteId;

impl UserModule {
    /// Lists every user with an address, deleted or not, oldest first.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_ids_with_address(&self, email: &EmailAddress) -> Result<Vec<UserId>, Error> {
        let text = "SELECT id FROM users WHERE email_canonical = $1 ORDER BY id";
        self.database.query_scalars(text, values![email.canonical()]).await
    }

    /// Removes a deleted user for good, with the invites that became this user or were sent to them. Adds their addresses
    /// and invites to what is erased elsewhere. An address that another user has by now is not theirs any longer: it stays
    /// where it is. Returns whether there was such a user.
    ///
    /// No event is recorded: the deletion was one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn erase_user_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        earlier: Vec<EmailAddress>,
        erasure: &mut Erasure,
    ) -> Result<bool, Error> {
        let text = "DELETE FROM users WHERE id = $1 AND deleted_at IS NOT NULL RETURNING email";
        let email: Option<EmailAddress> = transaction.query_scalar_optional(text, values![id]).await?;
        self.release_addresses_within(transaction, id, &[]).await?;
        let is_gone = email.is_some();
        for email in email.into_iter().chain(earlier) {
            let text = "SELECT 1 FROM users WHERE email_canonical = $1 AND deleted_at IS NULL";
            if transaction.query_optional::<()>(text, values![email.canonical()]).await?.is_none() {
                erasure.add_address(email);
            }
        }
        let text = "DELETE FROM invites WHERE accepted_by = $1 OR user_id = $1 RETURNING id";
        let mut invites: Vec<InviteId> = transaction.query_scalars(text, values![id.to_string()]).await?;
        for email in &erasure.addresses {
            // Who was invited again since is not erased: that invite waits for an answer.
            let text = "DELETE FROM invites WHERE email_canonical = $1 AND state <> 'pending' AND accepted_by IS NULL
                        RETURNING id";
            invites.extend(transaction.query_scalars::<InviteId>(text, values![email.canonical()]).await?);
        }
        invites.iter().for_each(|invite| erasure.add_id(invite.to_string()));
        Ok(is_gone)
    }
}
