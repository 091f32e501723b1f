//! Removing a user: with him go every identity and every session. The address can come back, and inherits nothing.

use std::time::Duration;

use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Error, transaction};
use vestibule_user::UserId;

use crate::{Flows, USER};

/// Why a user was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveUserAccountError {
    /// Somebody tried to remove himself: afterwards nobody might be left who could undo it.
    #[error("A user cannot delete itself")]
    Oneself,
    /// Whoever tried is no user any more.
    #[error("Unauthorized")]
    Nobody,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RemoveUserAccountError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Oneself => ErrorKind::NotAllowed,
            Self::Nobody => ErrorKind::Unauthorized,
            Self::Database(error) => error.kind(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Database(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl Flows {
    /// Removes a user. `by` is the user who does so, where it is one. Tells whether there was anybody to remove.
    ///
    /// # Errors
    ///
    /// [`RemoveUserAccountError`].
    pub async fn remove_user_account(&self, id: UserId, by: Option<UserId>) -> Result<bool, RemoveUserAccountError> {
        if by == Some(id) {
            return Err(RemoveUserAccountError::Oneself);
        }
        transaction!(self.database, |transaction| {
            if let Some(by) = by {
                // Of two who remove each other at once, one is left.
                let present = self.users.lock_two_users_within(transaction, id, by).await?;
                if present.iter().all(|user| user.id != by) {
                    return Err(RemoveUserAccountError::Nobody);
                }
            }
            let freed = self.users.soft_delete_users_within(transaction, &[id]).await?;
            self.auth.remove_actor_within(transaction, USER, &id.to_string()).await?;
            for email in &freed {
                self.users.revoke_invite_of_within(transaction, email).await?;
            }
            Ok(!freed.is_empty())
        })
    }
}
