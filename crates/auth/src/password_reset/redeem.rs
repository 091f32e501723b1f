//! Redeeming a token, once.

use vestibule_core::DomainError;
use vestibule_database::{Error, FromRow, Transaction, transaction, values};

use super::{ResetClaims, hash};
use crate::identities::ProviderIdentityId;
use crate::new_password::NewPassword;
use crate::passwords::PasswordSubject;
use crate::{AuthIdentityId, AuthModule, AuthenticateError};

/// Why a password was not reset. Nothing was changed, and a valid token still is.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ResetPasswordError {
    /// The token was used, has expired, was replaced by a newer one, or never existed.
    #[error("Invalid token")]
    #[kind(Unauthorized, code = "reset_token_invalid")]
    InvalidToken,
    /// The password cannot be set, or not at this moment.
    #[error(transparent)]
    Password(#[from] AuthenticateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A reset whose token was valid when checked.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingReset {
    /// The claims.
    pub claims: ResetClaims,
    /// The identity whose password it sets.
    pub auth_identity_id: AuthIdentityId,
    /// The actor's id.
    pub actor_id: String,
    /// The caller who received the token when it was issued; `None` if it was mailed to its owner.
    pub issued_by: Option<String>,
    token_hash: [u8; 32],
}

#[derive(FromRow)]
struct TokenOwner {
    auth_identity_id: AuthIdentityId,
    actor_id: String,
    issued_by: Option<String>,
}

impl AuthModule {
    /// Sets a password by a token. Every session of its owner ends, and an event notifies them.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError`]. A password that is refused does not use the token up.
    pub async fn reset_password(&self, token: &str, password: &str) -> Result<PendingReset, ResetPasswordError> {
        let pending = self.find_password_reset(token).await?;
        let subject = PasswordSubject::new(&pending.claims.entity_id, &[]);
        let password = self.prepare_password(&subject, password).await?;
        transaction!(self.database, |transaction| {
            self.redeem_password_reset_within(transaction, &pending, &password).await?;
            Ok(pending.clone())
        })
    }

    /// Checks a token before anything costly is done for it.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError::InvalidToken`].
    pub async fn find_password_reset(&self, token: &str) -> Result<PendingReset, ResetPasswordError> {
        let claims = self.read_reset_token(token).map_err(|_| ResetPasswordError::InvalidToken)?;
        let token_hash = hash(token);
        let text = "SELECT part.auth_identity_id, owner.actor_id, reset.issued_by FROM auth_password_resets reset
                    JOIN provider_identities part ON part.id = reset.provider_identity_id
                    JOIN auth_identity_actors owner ON owner.auth_identity_id = part.auth_identity_id
                                                   AND owner.actor_type = reset.actor_type
                    WHERE reset.token_hash = $1 AND reset.expires_at > $2";
        let found = self.database.query_optional(text, values![token_hash, self.environment.now()]).await?;
        let TokenOwner { auth_identity_id, actor_id, issued_by } = found.ok_or(ResetPasswordError::InvalidToken)?;
        Ok(PendingReset { claims, auth_identity_id, actor_id, issued_by, token_hash })
    }

    /// Uses a token up and sets the password, within a transaction. Of concurrent callers, one succeeds.
    ///
    /// # Errors
    ///
    /// [`ResetPasswordError`]; the transaction must then be rolled back.
    pub async fn redeem_password_reset_within(
        &self,
        transaction: &mut Transaction,
        pending: &PendingReset,
        password: &NewPassword,
    ) -> Result<(), ResetPasswordError> {
        self.hold_identity_within(transaction, pending.auth_identity_id).await?;
        let text = "DELETE FROM auth_password_resets WHERE token_hash = $1 AND expires_at > $2
                    RETURNING provider_identity_id";
        let values = values![pending.token_hash, self.environment.now()];
        let part: Option<ProviderIdentityId> = transaction.query_scalar_optional(text, values).await?;
        let part = part.ok_or(ResetPasswordError::InvalidToken)?;
        let actor_type = &pending.claims.actor_type;
        let set = self.set_password_within(transaction, part, actor_type, |_| true, password, None).await?;
        set.map(drop).ok_or(ResetPasswordError::InvalidToken)
    }
}
