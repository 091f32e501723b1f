//! Changing one's own password, which needs the present one (security.md 13).

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use crate::attempts::{AttemptError, Counter};
use crate::identities::{ProviderIdentity, provider_columns};
use crate::mfa::same_actor;
use crate::new_password::NewPassword;
use crate::passwords::{HashingError, PasswordSubject};
use crate::providers::emailpass::stored_hash;
use crate::{AuthIdentityId, AuthModule, AuthenticateError, SessionId};

/// Why a password was not changed, or not proved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ChangePasswordError {
    /// The identity has no password.
    #[error("There is no password to this account. Ask for one by \"Forgot password\".")]
    #[kind(NotAllowed, code = "no_password")]
    NoPassword,
    /// The present password is wrong.
    #[error("The current password is wrong. Try again, or reset it by mail.")]
    // Not Unauthorized: programs would take that for the end of the session.
    #[kind(InvalidData, code = "wrong_password")]
    WrongPassword,
    /// The password was changed in the meantime.
    #[error("The password was changed by another session at this moment. Sign in again.")]
    #[kind(Conflict, code = "password_changed_meanwhile")]
    ChangedMeanwhile,
    /// Too many attempts have failed.
    #[error(transparent)]
    Attempts(#[from] AttemptError),
    /// The new password cannot be set, or nothing can be hashed at this moment.
    #[error(transparent)]
    Password(#[from] AuthenticateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Verifies the present password, and returns its provider identity, which may be that of another identity of the
    /// same actor. A wrong one is a failed attempt of the session, if there is one: no stranger can use those up.
    /// Otherwise it is one of the account.
    ///
    /// # Errors
    ///
    /// [`ChangePasswordError`].
    pub async fn prove_password(
        &self,
        identity: AuthIdentityId,
        password: &str,
        session: Option<SessionId>,
    ) -> Result<ProviderIdentity, ChangePasswordError> {
        let text = concat!(
            "SELECT ",
            provider_columns!(),
            " FROM provider_identities WHERE provider = 'emailpass' AND claimed AND auth_identity_id IN (",
            same_actor!(),
            ") ORDER BY CASE WHEN auth_identity_id = $1 THEN 0 ELSE 1 END, id LIMIT 1"
        );
        let part: Option<ProviderIdentity> = self.database.query_optional(text, values![identity]).await?;
        let part = part.ok_or(ChangePasswordError::NoPassword)?;
        let account = &part.entity_canonical;
        let counter = session.map_or_else(|| account.into(), |session| Counter::session(account, session));
        let taken = self.count_attempt(counter).await?;
        let verdict = match self.passwords.verify(password, stored_hash(&part)).await {
            Err(HashingError::Unreadable) => return Err(ChangePasswordError::NoPassword),
            Err(error) => {
                self.refund_attempt(taken).await?;
                return Err(AuthenticateError::from(error).into());
            }
            Ok(verdict) => verdict,
        };
        if !verdict.matches {
            return Err(ChangePasswordError::WrongPassword);
        }
        self.refund_attempt(taken).await?;
        Ok(part)
    }

    /// Changes a password. Ends every session of its owner but `keep`, and deletes a requested reset; an event notifies
    /// the owner.
    ///
    /// # Errors
    ///
    /// [`ChangePasswordError`].
    pub async fn change_password(
        &self,
        identity: AuthIdentityId,
        actor_type: &str,
        current: &str,
        password: &str,
        keep: Option<SessionId>,
    ) -> Result<(), ChangePasswordError> {
        let proved = self.prove_password(identity, current, keep).await?;
        let password = self.prepare_password(&PasswordSubject::new(&proved.entity_id, &[]), password).await?;
        transaction!(self.database, |transaction| {
            self.change_password_within(transaction, &proved, actor_type, &password, keep).await
        })
    }

    /// Changes a verified password, within a transaction, unless it was changed since.
    ///
    /// # Errors
    ///
    /// [`ChangePasswordError`]; the transaction must then be rolled back.
    pub async fn change_password_within(
        &self,
        transaction: &mut Transaction,
        proved: &ProviderIdentity,
        actor_type: &str,
        password: &NewPassword,
        keep: Option<SessionId>,
    ) -> Result<(), ChangePasswordError> {
        self.hold_identity_within(transaction, proved.auth_identity_id).await?;
        let is_current = |part: &ProviderIdentity| stored_hash(part) == stored_hash(proved);
        let set = self.set_password_within(transaction, proved.id, actor_type, is_current, password, keep).await?;
        set.map(drop).ok_or(ChangePasswordError::ChangedMeanwhile)
    }
}
