//! Actions that create or widen access: which callers may do them, and with what proof (security.md 20).
//!
//! A flow that creates or widens access calls [`Context::check_access_change`], after it knows that the caller has the
//! policies for it and before it writes. `docs/security.md` lists these actions.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction};
use vestibule_rbac::Permissions;
use vestibule_user::UserId;

use crate::queries::factor_due::is_factor_due;
use crate::{Actor, Context, Flows};

/// Why an action that creates or widens access is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum AccessChangeError {
    /// The caller's last proof of identity is too old.
    #[error(
        "This needs a recent sign-in. Sign in again, or confirm that it is you: POST /auth/proof with your password, or \
         with a code if you have a second factor."
    )]
    #[kind(Forbidden, code = "fresh_proof_required")]
    ProofRequired,
    /// The caller is a program, which cannot prove that a person wants this.
    #[error("API keys cannot do this: it changes what users can do or how they sign in. Ask a person to do it.")]
    #[kind(Forbidden, code = "not_for_api_keys")]
    NotForApiKeys,
    /// The action is about the caller's own account, whose own routes ask for more.
    #[error("This is your own account. Change it in your profile (below /auth), or ask another administrator.")]
    #[kind(NotAllowed, code = "own_account")]
    OwnAccount,
    /// The change would require a second factor of the caller, who has none.
    #[error(
        "You hold this role yourself and have no second factor: with this change you could do nothing until you have \
         one. Set up your second factor first."
    )]
    #[kind(NotAllowed, code = "enrol_first")]
    EnrolFirst,
}

impl Context {
    /// Checks that this caller may create or widen access now: a person with a fresh proof of identity, a directory
    /// below the ceiling of its key, or the operator.
    ///
    /// # Errors
    ///
    /// [`AccessChangeError`].
    pub fn check_access_change(&self) -> Result<(), AccessChangeError> {
        match self.actor {
            Actor::ApiKey(_) => Err(AccessChangeError::NotForApiKeys),
            // The maker of its key has proved their identity, and has given it a ceiling: see `api_keys/create.rs`.
            Actor::Directory(_) => Ok(()),
            _ if self.has_fresh_proof => Ok(()),
            _ => Err(AccessChangeError::ProofRequired),
        }
    }

    /// Checks the same of an action on the account of `user`, which is not the caller's own.
    ///
    /// # Errors
    ///
    /// [`AccessChangeError`].
    pub fn check_access_change_of(&self, user: UserId) -> Result<(), AccessChangeError> {
        if self.user_id() == Some(user) {
            return Err(AccessChangeError::OwnAccount);
        }
        self.check_access_change()
    }

    /// Checks the same of giving `grants` to another user, where that lets the user change the access of others.
    ///
    /// # Errors
    ///
    /// [`AccessChangeError`].
    pub fn check_giving(&self, grants: &Permissions) -> Result<(), AccessChangeError> {
        if grants.change_access() { self.check_access_change() } else { Ok(()) }
    }
}

impl Flows {
    /// Refuses a change of a role that newly requires of the caller a second factor they lack: they could not continue.
    pub(crate) async fn check_enrolment_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        before: bool,
    ) -> Result<(), crate::GrantError> {
        match self.is_factor_due_within(transaction, context).await? && !before {
            true => Err(AccessChangeError::EnrolFirst.into()),
            false => Ok(()),
        }
    }

    /// Whether the caller's roles require a second factor that they lack.
    pub(crate) async fn is_factor_due_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
    ) -> Result<bool, Error> {
        let Some(id) = context.actor.id() else { return Ok(false) };
        is_factor_due(transaction, &id).await
    }
}
