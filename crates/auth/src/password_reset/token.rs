//! The token of a reset: the reference's claims.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use vestibule_core::{InvalidToken, Timestamp};

use crate::AuthModule;

/// The purpose that distinguishes these tokens from all others.
const PURPOSE: &str = "reset";

/// The claims of a reset's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetClaims {
    /// The entity id, as it is stored: with `emailpass`, the address.
    pub entity_id: String,
    /// The provider.
    pub provider: String,
    /// The actor type of its owner: `user`, ….
    pub actor_type: String,
    /// `reset`.
    pub purpose: String,
    /// 256 random bits.
    pub jti: String,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Expires at, in seconds since 1970.
    pub exp: i64,
}

impl AuthModule {
    /// Creates the claims of a new token, which lives from `from` on: when its mail is to be sent.
    pub(super) fn reset_claims(
        &self,
        provider: &str,
        entity_id: String,
        actor_type: &str,
        from: Timestamp,
    ) -> ResetClaims {
        let now = self.environment.now();
        ResetClaims {
            entity_id,
            provider: provider.to_owned(),
            actor_type: actor_type.to_owned(),
            purpose: PURPOSE.to_owned(),
            jti: BASE64.encode(self.environment.random_bytes::<32>()),
            iat: now.as_seconds(),
            exp: (now.max(from) + self.options.reset_lifetime).as_seconds(),
        }
    }

    /// Parses a token that is genuine, of a reset and not expired. Whether it is still valid is in the database.
    pub(super) fn read_reset_token(&self, token: &str) -> Result<ResetClaims, InvalidToken> {
        let claims: ResetClaims = self.options.signing_key.read(token)?;
        let is_good = claims.purpose == PURPOSE && self.environment.now().as_seconds() < claims.exp;
        if is_good { Ok(claims) } else { Err(InvalidToken) }
    }
}
