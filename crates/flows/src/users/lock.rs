//! Locking a user, and unlocking them. Locking ends every session; everything else of the user stays as it was.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::Permissions;
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{User, UserId};

use crate::authority::permissions_at_lock;
use crate::{ChangeKeyError, Context, Flows, GrantError, LastSuperAdminError, TheirKeys, USER};

/// Why a user was not locked or unlocked.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum LockUserError {
    /// Callers cannot lock themselves: they could not undo it.
    #[error("A user cannot lock itself")]
    #[kind(NotAllowed)]
    Oneself,
    /// There is no such user.
    #[error(transparent)]
    User(#[from] RetrieveUserError),
    /// No super admin would be left.
    #[error(transparent)]
    Last(#[from] LastSuperAdminError),
    /// The user, or the actor who set the lock, may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The user's API keys cannot be revoked.
    #[error(transparent)]
    Keys(#[from] ChangeKeyError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Locks a user, and ends all their sessions. A locked user stays so.
    ///
    /// # Errors
    ///
    /// [`LockUserError`].
    pub async fn lock_user(&self, id: UserId, context: &Context) -> Result<User, LockUserError> {
        self.lock_user_and_keys(id, TheirKeys::Keep, context).await
    }

    /// Locks a user, ends every session, and handles the API keys that the user has created.
    ///
    /// # Errors
    ///
    /// [`LockUserError`].
    pub async fn lock_user_and_keys(
        &self,
        id: UserId,
        keys: TheirKeys,
        context: &Context,
    ) -> Result<User, LockUserError> {
        transaction!(self.database, |transaction| self.lock_user_within(transaction, (id, keys), context).await)
    }

    /// The same within a transaction, of which it is the first statement, or that holds the lock of roles.
    pub(crate) async fn lock_user_within(
        &self,
        transaction: &mut Transaction,
        (id, keys): (UserId, TheirKeys),
        context: &Context,
    ) -> Result<User, LockUserError> {
        if context.user_id() == Some(id) {
            return Err(LockUserError::Oneself);
        }
        // First, as in everything that takes rights away; the caller may be gone once the lock is held.
        self.rbac.lock_within(transaction).await?;
        // Of two who lock each other at once, one is left.
        let held = self.check_may_act_on_within(transaction, context, id).await?;
        self.keep_a_super_admin_within(transaction, id).await?;
        let lock = held.keys().join(" ");
        let locked = self.users.lock_users_within(transaction, &[id], Some(&lock)).await?.into_iter().next();
        let subject = id.to_string();
        let ended = self.auth.end_sessions_of_actor_within(transaction, USER, &subject, None).await?;
        self.revoke_keys_of_user_within(transaction, (id, keys), (&held, context)).await?;
        let Some(user) = locked else {
            self.strengthen_lock_within(transaction, id, held).await?;
            return Ok(self.users.retrieve_user_within(&mut *transaction, id).await?);
        };
        let (before, after) = (json!({ "locked": false, "sessions": ended }), json!({ "locked": true }));
        self.record(transaction, context, Action::UserLocked, ("user", &subject), Some(before), Some(after)).await?;
        Ok(user)
    }

    /// Unlocks a user. One who is not locked stays so.
    ///
    /// # Errors
    ///
    /// [`LockUserError`].
    pub async fn unlock_user(&self, id: UserId, context: &Context) -> Result<User, LockUserError> {
        transaction!(self.database, |transaction| self.unlock_user_within(transaction, id, context).await)
    }

    /// The same within a transaction.
    pub(crate) async fn unlock_user_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        context: &Context,
    ) -> Result<User, LockUserError> {
        let held = self.check_may_act_on_within(transaction, context, id).await?;
        self.check_may_unlock_within(transaction, &held, id).await?;
        let Some(user) = self.users.unlock_users_within(transaction, &[id]).await?.into_iter().next() else {
            return Ok(self.users.retrieve_user_within(&mut *transaction, id).await?);
        };
        context.check_access_change_of(id).map_err(GrantError::from)?;
        let (before, after) = (json!({ "locked": true }), json!({ "locked": false }));
        self.record(transaction, context, Action::UserUnlocked, ("user", &id.to_string()), Some(before), Some(after))
            .await?;
        Ok(user)
    }

    /// A locked user who is locked again by an actor with more permissions needs that much to be unlocked.
    async fn strengthen_lock_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        held: Permissions,
    ) -> Result<(), Error> {
        let Some(lock) = self.users.find_lock_within(transaction, id).await? else { return Ok(()) };
        let mut needed = permissions_at_lock(lock.as_deref());
        if needed.covers(&held) {
            return Ok(());
        }
        needed.extend(&held);
        self.users.set_lock_within(transaction, id, &needed.keys().join(" ")).await
    }
}
