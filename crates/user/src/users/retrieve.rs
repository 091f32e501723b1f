//! Retrieving one user by id.

use vestibule_core::{DomainError, EmailAddress, Timestamp};
use vestibule_database::{Connection, Error, Sql, Transaction, values};

use super::{User, UserId, columns};
use crate::UserModule;

/// Why a user was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveUserError {
    /// There is none, or no longer.
    #[error("User with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Locks users until this transaction ends, in an order in which no two transactions wait for each other. SQLite has
/// one writer anyway.
const LOCK: Sql = Sql::per_engine(
    concat!("SELECT ", columns!(), " FROM users WHERE id IN ($1, $2) AND deleted_at IS NULL ORDER BY id"),
    concat!("SELECT ", columns!(), " FROM users WHERE id IN ($1, $2) AND deleted_at IS NULL ORDER BY id FOR UPDATE"),
);

impl UserModule {
    /// Finds those of two users who are not deleted, and locks them until the transaction ends.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_two_users_within(
        &self,
        transaction: &mut Transaction,
        one: UserId,
        other: UserId,
    ) -> Result<Vec<User>, Error> {
        transaction.query(&LOCK, values![one, other]).await
    }

    /// Whether a user has this address, or it is reserved for one who had it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_address_taken(
        &self,
        connection: impl Into<Connection<'_>>,
        email: &EmailAddress,
    ) -> Result<bool, Error> {
        Ok(self.find_user_of_address(connection, email).await?.is_some())
    }

    /// Finds the user with this address, or else the one who had it and for whom it is reserved.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_user_of_address(
        &self,
        connection: impl Into<Connection<'_>>,
        email: &EmailAddress,
    ) -> Result<Option<UserId>, Error> {
        let mut connection = connection.into();
        let text = "SELECT id FROM users WHERE email_canonical = $1 AND deleted_at IS NULL";
        match connection.again().query_scalar_optional(text, values![email.canonical()]).await? {
            Some(user) => Ok(Some(user)),
            None => self.find_reservation(connection, email).await,
        }
    }

    /// Whether an invite for this address can be accepted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_address_invited(
        &self,
        connection: impl Into<Connection<'_>>,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM invites
                    WHERE email_canonical = $1 AND state = 'pending' AND expires_at > $2 AND deleted_at IS NULL";
        Ok(connection.into().query_optional::<()>(text, values![email.canonical(), now]).await?.is_some())
    }

    /// Retrieves the user of this id who is not deleted.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn retrieve_user(&self, id: UserId) -> Result<User, RetrieveUserError> {
        self.retrieve_user_within(&self.database, id).await
    }

    /// Retrieves the user of this id, also a soft-deleted one: the reference's `withDeleted`.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn retrieve_user_with_deleted(&self, id: UserId) -> Result<User, RetrieveUserError> {
        let text = concat!("SELECT ", columns!(), " FROM users WHERE id = $1");
        let found = self.database.query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveUserError::NotFound { id: id.to_string() })
    }

    /// Whether there is a user of this id who is neither locked nor deleted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_active_user(&self, connection: impl Into<Connection<'_>>, id: &str) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM users WHERE id = $1 AND deleted_at IS NULL AND locked_at IS NULL";
        Ok(connection.into().query_optional::<()>(text, values![id]).await?.is_some())
    }

    /// Whether there is any user.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn has_users(&self, connection: impl Into<Connection<'_>>) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM users WHERE deleted_at IS NULL LIMIT 1";
        Ok(connection.into().query_optional::<()>(text, &[]).await?.is_some())
    }

    /// Finds a user within a transaction.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn retrieve_user_within(
        &self,
        connection: impl Into<Connection<'_>>,
        id: UserId,
    ) -> Result<User, RetrieveUserError> {
        let text = concat!("SELECT ", columns!(), " FROM users WHERE id = $1 AND deleted_at IS NULL");
        let found = connection.into().query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveUserError::NotFound { id: id.to_string() })
    }
}
