//! Removing a user with every identity and session. The address can be used again, and inherits nothing.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;

use crate::{ChangeKeyError, Context, Flows, GrantError, LastSuperAdminError, TheirKeys, USER};

/// Why a user was not removed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RemoveUserAccountError {
    /// Callers cannot remove themselves: no one might be left who could undo it.
    #[error("A user cannot delete itself")]
    #[kind(NotAllowed)]
    Oneself,
    /// No super admin would be left.
    #[error(transparent)]
    Last(#[from] LastSuperAdminError),
    /// The user may do more than the caller.
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
    /// Removes a user. Returns whether there was one to remove.
    ///
    /// # Errors
    ///
    /// [`RemoveUserAccountError`].
    pub async fn remove_user_account(&self, id: UserId, context: &Context) -> Result<bool, RemoveUserAccountError> {
        self.remove_user_account_and_keys(id, TheirKeys::Keep, context).await
    }

    /// Removes a user, and handles the API keys that the user has created. Returns whether there was one to remove.
    ///
    /// # Errors
    ///
    /// [`RemoveUserAccountError`].
    pub async fn remove_user_account_and_keys(
        &self,
        id: UserId,
        keys: TheirKeys,
        context: &Context,
    ) -> Result<bool, RemoveUserAccountError> {
        transaction!(self.database, |transaction| self.remove_user_within(transaction, (id, keys), context).await)
    }

    /// The same within a transaction, of which it is the first statement, or that holds the lock of roles.
    pub(crate) async fn remove_user_within(
        &self,
        transaction: &mut Transaction,
        (id, keys): (UserId, TheirKeys),
        context: &Context,
    ) -> Result<bool, RemoveUserAccountError> {
        if context.user_id() == Some(id) {
            return Err(RemoveUserAccountError::Oneself);
        }
        // First, as in everything that takes rights away; the caller may be gone once the lock is held.
        self.rbac.lock_within(transaction).await?;
        // Of two who remove each other at once, one is left.
        let held = self.check_may_act_on_within(transaction, context, id).await?;
        self.keep_a_super_admin_within(transaction, id).await?;
        let freed = self.users.soft_delete_users_within(transaction, &[id]).await?;
        // Rows are locked in the order that docs/architecture.md names: users, invites, subjects, identities.
        for email in &freed {
            self.users.revoke_invite_of_within(transaction, email).await?;
        }
        let subject = id.to_string();
        if let Some(email) = freed.first() {
            let roles = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
            let before = json!({ "email": email.as_str(), "roles": roles });
            self.record(transaction, context, Action::UserDeleted, ("user", &subject), Some(before), None).await?;
        }
        self.rbac.remove_subject_within(transaction, &subject).await?;
        self.auth.remove_actor_within(transaction, USER, &subject).await?;
        self.revoke_keys_of_user_within(transaction, (id, keys), (&held, context)).await?;
        Ok(!freed.is_empty())
    }
}
