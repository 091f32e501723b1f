//! Issuing a reset token for an administrator to hand on, or to have sent.

use vestibule_audit::Action;
use vestibule_auth::{MailOrigin, PasswordReset};
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use crate::{Context, Flows, GrantError, USER};

/// Why no token was issued.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum IssueResetError {
    /// There is no such user.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The user may do what the caller may not: with the user's password, the caller could.
    #[error("You cannot reset the password of a user who may do more than you: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing", detail = missing)]
    Lacking {
        /// The policies' keys.
        missing: Vec<String>,
    },
    /// The caller no longer exists.
    #[error(transparent)]
    Grant(GrantError),
    /// An administrator has locked the user.
    #[error("This user is locked. Unlock the user first.")]
    #[kind(NotAllowed, code = "user_locked")]
    Locked,
    /// The user has no password.
    #[error("This user has no password: they have not accepted their invite yet, or use another sign-in method.")]
    #[kind(NotAllowed, code = "no_password")]
    NoPassword,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<GrantError> for IssueResetError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Above { missing, .. } => Self::Lacking { missing },
            error => Self::Grant(error),
        }
    }
}

impl Flows {
    /// Issues a token for a user without sending it: the caller hands it on. The caller must be permitted all that the
    /// user is, for the token would let them do it (security.md 5).
    ///
    /// # Errors
    ///
    /// [`IssueResetError`].
    pub async fn issue_password_reset(&self, id: UserId, context: &Context) -> Result<PasswordReset, IssueResetError> {
        let subject = id.to_string();
        let issued: Result<_, IssueResetError> = transaction!(self.database, |transaction| {
            let reset = self.reset_within(transaction, id, context, context.actor.id()).await?;
            self.record(transaction, context, Action::PasswordResetIssued, ("user", &subject), None, None).await?;
            Ok(reset)
        });
        issued.map_err(without_password)
    }

    /// Has a token sent to a user at the stored address, by an event. The caller does not see it, but must all the same
    /// be permitted all that the user is (security.md 38).
    ///
    /// # Errors
    ///
    /// [`IssueResetError`].
    pub async fn send_password_reset(&self, id: UserId, context: &Context) -> Result<(), IssueResetError> {
        let subject = id.to_string();
        let sent: Result<_, IssueResetError> = transaction!(self.database, |transaction| {
            let reset = self.reset_within(transaction, id, context, None).await?;
            self.auth.announce_password_reset_within(transaction, &reset, None, MailOrigin::Authenticated).await?;
            self.record(transaction, context, Action::PasswordResetSent, ("user", &subject), None, None).await?;
            Ok(())
        });
        sent.map_err(without_password)
    }

    /// Issues a token for a user with a password, who may do nothing that the caller may not.
    async fn reset_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        context: &Context,
        issued_by: Option<String>,
    ) -> Result<PasswordReset, IssueResetError> {
        self.check_may_act_on_within(transaction, context, id).await?;
        context.check_access_change_of(id).map_err(GrantError::from)?;
        let user = self.users.retrieve_user_within(&mut *transaction, id).await?;
        if user.locked_at.is_some() {
            return Err(IssueResetError::Locked);
        }
        let owner = self.auth.find_password_of(&mut *transaction, USER, &id.to_string()).await?;
        let owner = owner.ok_or(IssueResetError::NoPassword)?;
        Ok(self
            .auth
            .issue_password_reset_within(transaction, owner, MailOrigin::Authenticated, issued_by.as_deref())
            .await?)
    }
}

/// The password was deleted in the meantime, with its identity.
fn without_password(error: IssueResetError) -> IssueResetError {
    match error {
        IssueResetError::Database(Error::ForeignKey(_)) => IssueResetError::NoPassword,
        error => error,
    }
}
