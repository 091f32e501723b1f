//! The cookie of a session: a secret of which the database holds only a hash.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction, values};

use super::SessionId;
use crate::AuthModule;

/// A cookie's value, and until when it is good.
#[derive(Clone)]
pub struct CookieSecret {
    /// The value: 256 random bits.
    pub value: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What the database holds of a cookie.
pub fn cookie_hash(value: &str) -> [u8; 32] {
    Sha256::digest(value.as_bytes()).into()
}

impl AuthModule {
    /// Gives a session a cookie, for a token's lifetime. One that it had before is dead.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. `None` where the session is over.
    pub async fn give_cookie(&self, id: SessionId) -> Result<Option<CookieSecret>, Error> {
        let value = BASE64.encode(self.environment.random_bytes::<32>());
        let now = self.environment.now();
        let expires_at = now + self.options.token_lifetime;
        let text =
            "UPDATE auth_sessions SET cookie_hash = $2, cookie_expires_at = $3 WHERE id = $1 AND expires_at > $4";
        let changed: Result<u64, Error> = transaction!(self.database, |transaction| {
            transaction.execute(text, values![id, cookie_hash(&value), expires_at, now]).await
        });
        Ok((changed? > 0).then_some(CookieSecret { value, expires_at }))
    }
}
