//! Locking users, and unlocking them. They stay users, with everything that is theirs.

use vestibule_core::OneOrMany;
use vestibule_database::{Error, FromRow, Transaction, Value, transaction, values};
use vestibule_outbox::{EventName, record_id};

use super::{User, UserId, columns};
use crate::UserModule;

impl UserModule {
    /// Locks one user or many. Ids of unknown users, and of users who are locked already, are ignored.
    ///
    /// The Auth Module does not know of users: to lock users that can sign in, use the flow that ends their sessions as
    /// well.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.lock_users_within(transaction, &ids, None).await.map(drop))
    }

    /// Locks users within a transaction, and returns those who were not locked before. `permissions` is what lifting
    /// the lock needs, as policies of the caller; `None` for every permission.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_users_within(
        &self,
        transaction: &mut Transaction,
        ids: &[UserId],
        permissions: Option<&str>,
    ) -> Result<Vec<User>, Error> {
        const LOCK: &str = concat!(
            "UPDATE users SET locked_at = $2, locked_with = $3, updated_at = $2
             WHERE id = $1 AND locked_at IS NULL AND deleted_at IS NULL RETURNING ",
            columns!()
        );
        let permissions = permissions.map(str::to_owned);
        let values = |id: UserId| values![id, self.environment.now(), permissions.clone()].to_vec();
        self.change_locks(transaction, ids, LOCK, values).await
    }

    /// What lifting the lock of a user needs, as it was given with the lock; `None` if the user is not locked.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_lock_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
    ) -> Result<Option<Option<String>>, Error> {
        let text = "SELECT locked_with FROM users WHERE id = $1 AND locked_at IS NOT NULL AND deleted_at IS NULL";
        let lock: Option<Lock> = transaction.query_optional(text, values![id]).await?;
        Ok(lock.map(|lock| lock.0))
    }

    /// Changes what lifting the lock of a user needs, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn set_lock_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        permissions: &str,
    ) -> Result<(), Error> {
        let text = "UPDATE users SET locked_with = $2 WHERE id = $1 AND locked_at IS NOT NULL";
        transaction.execute_pipelined(text, values![id, permissions]).await
    }

    /// Unlocks one user or many. Ids of unknown users, and of users who are not locked, are ignored.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn unlock_users(&self, ids: impl OneOrMany<UserId>) -> Result<(), Error> {
        let ids = ids.into_list();
        transaction!(self.database, |transaction| self.unlock_users_within(transaction, &ids).await.map(drop))
    }

    /// Unlocks users within a transaction, and returns those who were locked.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn unlock_users_within(&self, transaction: &mut Transaction, ids: &[UserId]) -> Result<Vec<User>, Error> {
        const UNLOCK: &str = concat!(
            "UPDATE users SET locked_at = NULL, locked_with = NULL, updated_at = $2
             WHERE id = $1 AND locked_at IS NOT NULL AND deleted_at IS NULL RETURNING ",
            columns!()
        );
        let values = |id: UserId| values![id, self.environment.now()].to_vec();
        self.change_locks(transaction, ids, UNLOCK, values).await
    }

    async fn change_locks(
        &self,
        transaction: &mut Transaction,
        ids: &[UserId],
        text: &'static str,
        values: impl Fn(UserId) -> Vec<Value>,
    ) -> Result<Vec<User>, Error> {
        let mut changed: Vec<User> = Vec::new();
        for id in ids {
            if let Some(user) = transaction.query_optional::<User>(text, &values(*id)).await? {
                record_id(transaction, &self.environment, EventName::UserUpdated, &id.to_string()).await?;
                changed.push(user);
            }
        }
        Ok(changed)
    }
}

#[derive(FromRow)]
struct Lock(#[row(column = "locked_with")] Option<String>);
