//! Addresses that stay reserved for the user who had them, while a change of address can be reverted.
//!
//! Every statement that gives an address to a user or to an invite is followed by [`UserModule::is_reserved_within`]. The
//! order matters: a statement that waits for a concurrent change of the address ends after its commit, so that the
//! statement after it sees the reservation.

use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Connection, Error, Transaction, values};

use super::UserId;
use crate::UserModule;

impl UserModule {
    /// Reserves an address for the user who has given it up, until it expires or is released.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn reserve_address_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let text = "INSERT INTO user_reserved_addresses (email_canonical, user_id, expires_at) VALUES ($1, $2, $3)
                    ON CONFLICT (email_canonical) DO UPDATE SET user_id = $2, expires_at = $3";
        transaction.execute_pipelined(text, values![email.canonical(), user, expires_at]).await
    }

    /// Releases every address that is reserved for a user but `kept`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn release_addresses_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        kept: &[EmailAddress],
    ) -> Result<(), Error> {
        let text = "SELECT email_canonical FROM user_reserved_addresses WHERE user_id = $1";
        let reserved: Vec<String> = transaction.query_scalars(text, values![user]).await?;
        for address in reserved.iter().filter(|address| !kept.iter().any(|email| email.canonical() == *address)) {
            let text = "DELETE FROM user_reserved_addresses WHERE email_canonical = $1 AND user_id = $2";
            transaction.execute_pipelined(text, values![address.as_str(), user]).await?;
        }
        Ok(())
    }

    /// Deletes expired reservations, and returns how many there were. Nothing depends on it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_expired_reservations(&self) -> Result<u64, Error> {
        let now = self.environment.now();
        let text = "DELETE FROM user_reserved_addresses WHERE expires_at <= $1 AND email_canonical IN (
                        SELECT email_canonical FROM user_reserved_addresses WHERE expires_at <= $1 LIMIT $2)";
        self.database.execute_in_batches(text, values![now]).await
    }

    /// The user for whom an address is reserved.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_reservation(
        &self,
        connection: impl Into<Connection<'_>>,
        email: &EmailAddress,
    ) -> Result<Option<UserId>, Error> {
        let text = "SELECT user_id FROM user_reserved_addresses WHERE email_canonical = $1 AND expires_at > $2";
        let values = values![email.canonical(), self.environment.now()];
        connection.into().query_scalar_optional(text, values).await
    }

    /// Whether an address is reserved for another user than this one.
    pub(crate) async fn is_reserved_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
        user: Option<UserId>,
    ) -> Result<bool, Error> {
        let owner = self.find_reservation(&mut *transaction, email).await?;
        Ok(owner.is_some_and(|owner| Some(owner) != user))
    }
}
