//! Tokens for programs that send and redeem resets on their own: a random value, which the program puts into a token of
//! its own making, for the identity of any provider.
//!
//! They share the row of the tokens that Vestibule sends: a provider identity has one token at most, of either kind.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use vestibule_core::{DomainError, EmailAddress, Timestamp};
use vestibule_database::{Error, FromRow, Transaction, transaction, values};

use super::hash;
use crate::identities::ProviderIdentityId;
use crate::{AuthIdentityId, AuthModule};

/// The longest lifetime of a token.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A token to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatePasswordResetToken<'a> {
    /// The provider: `emailpass`.
    pub provider: &'a str,
    /// The entity id, in any spelling: the address.
    pub entity_id: &'a str,
    /// How long it works: one second to 30 days. `None` for
    /// [`AuthOptions::reset_lifetime`](crate::AuthOptions::reset_lifetime).
    pub lifetime: Option<Duration>,
}

/// A token that was created. Printed without its value.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordResetToken {
    /// 256 random bits. The calling program puts them into its token, as the claim `jti`; the database holds a hash.
    pub jti: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl fmt::Debug for PasswordResetToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordResetToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A token to be consumed. Printed without its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ConsumePasswordResetToken<'a> {
    /// The value.
    pub jti: &'a str,
    /// The provider that it was created for.
    pub provider: &'a str,
    /// The entity id that it was created for, in any spelling.
    pub entity_id: &'a str,
}

impl fmt::Debug for ConsumePasswordResetToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumePasswordResetToken")
            .field("provider", &self.provider)
            .field("entity_id", &self.entity_id)
            .finish_non_exhaustive()
    }
}

/// The owner of a token.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ConsumedPasswordResetToken {
    /// The identity.
    pub auth_identity_id: AuthIdentityId,
    /// The provider identity.
    #[row(column = "id")]
    pub provider_identity_id: ProviderIdentityId,
    /// The entity id, as it is stored.
    pub entity_id: String,
}

/// Why no token was created, or none was consumed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum PasswordResetTokenError {
    /// No actor has an identity with this entity id.
    #[error("Provider identity with entity_id {entity_id} and provider {provider} not found")]
    #[kind(InvalidData)]
    NotFound {
        /// The provider.
        provider: String,
        /// The entity id.
        entity_id: String,
    },
    /// Less than a second, or more than 30 days.
    #[error("A password reset token works for one second to 30 days")]
    #[kind(InvalidData)]
    Lifetime,
    /// The token was consumed, has expired, was replaced by a newer one, or is of another identity.
    #[error("Invalid token")]
    #[kind(Unauthorized, code = "reset_token_invalid")]
    Invalid,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Creates a token for the identity that an actor has by this provider, which replaces the one before. Nothing is
    /// sent: the calling program does that, and responds to an unknown address as to a known one.
    ///
    /// # Errors
    ///
    /// [`PasswordResetTokenError::NotFound`] or [`PasswordResetTokenError::Lifetime`].
    pub async fn create_password_reset_token(
        &self,
        create: &CreatePasswordResetToken<'_>,
    ) -> Result<PasswordResetToken, PasswordResetTokenError> {
        let lifetime = create.lifetime.unwrap_or(self.options.reset_lifetime);
        if lifetime < Duration::from_secs(1) || lifetime > MAX_LIFETIME {
            return Err(PasswordResetTokenError::Lifetime);
        }
        let jti = BASE64.encode(self.environment.random_bytes::<32>());
        let now = self.environment.now();
        let expires_at = now + lifetime;
        let created: Result<u64, Error> = transaction!(self.database, |transaction| {
            let text = "INSERT INTO auth_password_resets
                            (provider_identity_id, token_hash, actor_type, expires_at, created_at)
                        SELECT id, $1, '', $2, $3 FROM provider_identities
                        WHERE provider = $4 AND entity_canonical = $5 AND claimed
                        ON CONFLICT (provider_identity_id) DO UPDATE SET
                            token_hash = excluded.token_hash, actor_type = excluded.actor_type,
                            expires_at = excluded.expires_at, created_at = excluded.created_at";
            let name = EmailAddress::canonical_or_text(create.entity_id);
            transaction.execute(text, values![of(&jti), expires_at, now, create.provider, name]).await
        });
        match created? {
            0 => Err(PasswordResetTokenError::NotFound {
                provider: create.provider.to_owned(),
                entity_id: create.entity_id.to_owned(),
            }),
            _ => Ok(PasswordResetToken { jti, expires_at }),
        }
    }

    /// Consumes a token: it works once, before it expires, and for the identity that it was created for. One that fails
    /// by its provider or entity id stays.
    ///
    /// # Errors
    ///
    /// [`PasswordResetTokenError::Invalid`].
    pub async fn consume_password_reset_token(
        &self,
        consume: &ConsumePasswordResetToken<'_>,
    ) -> Result<ConsumedPasswordResetToken, PasswordResetTokenError> {
        transaction!(self.database, |transaction| {
            self.consume_password_reset_token_within(transaction, consume).await
        })
    }

    /// Consumes a token within the transaction that sets the password. Of concurrent callers, one succeeds (security.md
    /// 2).
    ///
    /// # Errors
    ///
    /// [`PasswordResetTokenError::Invalid`]; the transaction must then be rolled back.
    pub async fn consume_password_reset_token_within(
        &self,
        transaction: &mut Transaction,
        consume: &ConsumePasswordResetToken<'_>,
    ) -> Result<ConsumedPasswordResetToken, PasswordResetTokenError> {
        let name = EmailAddress::canonical_or_text(consume.entity_id);
        let text = "SELECT reset.provider_identity_id AS id, part.auth_identity_id, part.entity_id
                    FROM auth_password_resets reset JOIN provider_identities part ON part.id = reset.provider_identity_id
                    WHERE reset.token_hash = $1 AND part.provider = $2 AND part.entity_canonical = $3 AND part.claimed";
        let values = values![of(consume.jti), consume.provider, name];
        let found: Option<ConsumedPasswordResetToken> = transaction.query_optional(text, values).await?;
        let found = found.ok_or(PasswordResetTokenError::Invalid)?;
        let text = "DELETE FROM auth_password_resets WHERE token_hash = $1 AND expires_at > $2";
        match transaction.execute(text, values![of(consume.jti), self.environment.now()]).await? {
            0 => Err(PasswordResetTokenError::Invalid),
            _ => Ok(found),
        }
    }
}

/// The stored hash of a value. Prefixed with a word, so that no signed token is accepted as one (security.md 4).
fn of(jti: &str) -> [u8; 32] {
    hash(&format!("jti {jti}"))
}
