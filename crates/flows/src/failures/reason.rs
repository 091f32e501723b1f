//! Why a sign-in or a proof failed.

use vestibule_auth::{AttemptError, AuthenticateError, ChangePasswordError};

vestibule_core::names!(
    /// Why a sign-in or a proof failed: the `reason` of its entry in the audit log.
    FailureReason {
        /// The password is wrong.
        WrongPassword = "wrong_password",
        /// There is no such account.
        UnknownAccount = "unknown_account",
        /// The code is wrong or was used already.
        WrongCode = "wrong_code",
        /// A passkey's answer is not accepted.
        WrongAnswer = "wrong_answer",
        /// The counter of a passkey has gone back: there may be a copy of it.
        PasskeyCounter = "passkey_counter",
        /// Too many attempts have failed, so that this one was not evaluated.
        Blocked = "blocked",
        /// The password is right, but an administrator has locked the account.
        Locked = "locked",
    }
);

impl FailureReason {
    /// Returns why an authentication was refused; `None` if it failed for another reason.
    pub(crate) fn of(error: &AuthenticateError) -> Option<Self> {
        match error {
            AuthenticateError::Refused(_) => Some(Self::WrongPassword),
            AuthenticateError::Attempts(AttemptError::TooMany { .. }) => Some(Self::Blocked),
            AuthenticateError::Locked => Some(Self::Locked),
            _ => None,
        }
    }

    /// Returns why a password was not accepted as a proof; `None` if the proof failed for another reason.
    pub(crate) fn of_proof(error: &ChangePasswordError) -> Option<Self> {
        match error {
            ChangePasswordError::WrongPassword => Some(Self::WrongPassword),
            ChangePasswordError::Attempts(AttemptError::TooMany { .. }) => Some(Self::Blocked),
            _ => None,
        }
    }
}
