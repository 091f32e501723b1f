//! A token that an administrator hands on, or has sent.

use std::time::Duration;

use vestibule_auth::{MailOrigin, PasswordReset};
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use crate::{By, Flows, GrantError, USER};

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum IssueResetError {
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The user may do what whoever asks may not: with his password, he could.
    #[error("You cannot reset the password of somebody who may do more than you: you lack {}", .missing.join(", "))]
    Lacking {
        /// The policies' keys.
        missing: Vec<String>,
    },
    /// Whoever asks is not there any more.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// An administrator keeps the user out.
    #[error("This user is locked: unlock him first.")]
    Locked,
    /// The user has no password.
    #[error("This user has no password: he has not accepted his invite yet, or signs in by other ways.")]
    NoPassword,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for IssueResetError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Retrieve(error) => error.kind(),
            Self::Lacking { .. } => ErrorKind::Forbidden,
            Self::Grant(error) => error.kind(),
            Self::Locked | Self::NoPassword => ErrorKind::NotAllowed,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::Retrieve(error) => error.code(),
            Self::Lacking { .. } => Some("policies_missing"),
            Self::Grant(error) => error.code(),
            Self::Locked => Some("user_locked"),
            Self::NoPassword => Some("no_password"),
            Self::Database(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retrieve(error) => error.retry_after(),
            Self::Grant(error) => error.retry_after(),
            Self::Database(error) => error.retry_after(),
            Self::Lacking { .. } | Self::Locked | Self::NoPassword => None,
        }
    }
}

impl Flows {
    /// Makes a token for a user, which is sent to nobody: whoever asks for it hands it on. He must be able to do
    /// whatever the user can, for the token would let him (security.md 5).
    ///
    /// # Errors
    ///
    /// [`IssueResetError`].
    pub async fn issue_password_reset(&self, id: UserId, by: &By) -> Result<PasswordReset, IssueResetError> {
        let subject = id.to_string();
        let issued: Result<_, IssueResetError> = transaction!(self.database, |transaction| {
            let (held, his) = (
                self.permissions_within(transaction, by).await?,
                self.rbac.permissions_of(&mut *transaction, &subject).await?,
            );
            let missing: Vec<String> = held.missing(his.keys()).into_iter().map(str::to_owned).collect();
            let reset = self.reset_within(transaction, id, &missing).await?;
            self.record(transaction, by, "password.reset_issued", ("user", &subject), None, None).await?;
            Ok(reset)
        });
        issued.map_err(without_password)
    }

    /// Has a token sent to a user at his stored address, by an event. Whoever asks for it does not see it, so he may be
    /// somebody who can do less.
    ///
    /// # Errors
    ///
    /// [`IssueResetError`].
    pub async fn send_password_reset(&self, id: UserId, by: &By) -> Result<(), IssueResetError> {
        let subject = id.to_string();
        let sent: Result<_, IssueResetError> = transaction!(self.database, |transaction| {
            let reset = self.reset_within(transaction, id, &[]).await?;
            self.auth.announce_password_reset_within(transaction, &reset, None, MailOrigin::Authenticated).await?;
            self.record(transaction, by, "password.reset_sent", ("user", &subject), None, None).await?;
            Ok(())
        });
        sent.map_err(without_password)
    }

    /// Makes a token for a user who can come in by one, unless whoever wants it lacks something.
    async fn reset_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        missing: &[String],
    ) -> Result<PasswordReset, IssueResetError> {
        let present = self.users.lock_two_users_within(transaction, id, id).await?;
        let Some(user) = present.first() else {
            return Err(RetrieveUserError::NotFound { id: id.to_string() }.into());
        };
        if !missing.is_empty() {
            return Err(IssueResetError::Lacking { missing: missing.to_vec() });
        }
        if user.locked_at.is_some() {
            return Err(IssueResetError::Locked);
        }
        let owner = self.auth.find_password_of(&mut *transaction, USER, &id.to_string()).await?;
        let owner = owner.ok_or(IssueResetError::NoPassword)?;
        Ok(self.auth.issue_password_reset_within(transaction, owner, MailOrigin::Authenticated).await?)
    }
}

/// The password went away at this moment, with its identity.
fn without_password(error: IssueResetError) -> IssueResetError {
    match error {
        IssueResetError::Database(Error::ForeignKey(_)) => IssueResetError::NoPassword,
        error => error,
    }
}
