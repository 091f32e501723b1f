//! Keeping users out for a while, and letting them in again. They stay users, with everything that is theirs.

use vestibule_core::OneOrMany;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{User, UserId, columns};
use crate::UserModule;

impl UserModule {
    /// Locks one user or many. Ids of nobody, and of users who are locked already, are passed over.
    ///
    /// To the Auth Module a user is a name in another room: whoever locks users that can sign in wants the flow that
    /// ends their sessions as well.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.lock_users_within(transaction, &ids).await.map(drop))
    }

    /// Locks users within a transaction, and tells which ones were not locked before.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_users_within(&self, transaction: &mut Transaction, ids: &[UserId]) -> Result<Vec<User>, Error> {
        const LOCK: &str = concat!(
            "UPDATE users SET locked_at = $2, updated_at = $2
             WHERE id = $1 AND locked_at IS NULL AND deleted_at IS NULL RETURNING ",
            columns!()
        );
        self.change_locks(transaction, ids, LOCK).await
    }

    /// Unlocks one user or many. Ids of nobody, and of users who are not locked, are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn unlock_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.unlock_users_within(transaction, &ids).await.map(drop))
    }

    /// Unlocks users within a transaction, and tells which ones were locked.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn unlock_users_within(&self, transaction: &mut Transaction, ids: &[UserId]) -> Result<Vec<User>, Error> {
        const UNLOCK: &str = concat!(
            "UPDATE users SET locked_at = NULL, updated_at = $2
             WHERE id = $1 AND locked_at IS NOT NULL AND deleted_at IS NULL RETURNING ",
            columns!()
        );
        self.change_locks(transaction, ids, UNLOCK).await
    }

    async fn change_locks(
        &self,
        transaction: &mut Transaction,
        ids: &[UserId],
        text: &'static str,
    ) -> Result<Vec<User>, Error> {
        let mut changed: Vec<User> = Vec::new();
        for id in ids {
            let values = values![*id, self.environment.now()];
            if let Some(user) = transaction.query_optional::<User>(text, values).await? {
                vestibule_outbox::record_id(transaction, &self.environment, "user.updated", &id.to_string()).await?;
                changed.push(user);
            }
        }
        Ok(changed)
    }
}
