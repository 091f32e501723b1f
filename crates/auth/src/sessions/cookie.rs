//! The cookie of a session: a secret of which the database holds only a hash.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row, transaction, values};

use super::{SessionId, is_on};
use crate::AuthModule;

/// How many cookies a session has at most.
const MOST: i64 = 16;

/// A cookie's value, and until when it is good.
#[derive(Clone)]
pub struct CookieSecret {
    /// The value: 256 random bits.
    pub value: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

struct GoodUntil(Timestamp);

impl FromRow for GoodUntil {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.get("expires_at").map(Self)
    }
}

/// What the database holds of a cookie.
pub fn cookie_hash(value: &str) -> [u8; 32] {
    Sha256::digest(value.as_bytes()).into()
}

impl AuthModule {
    /// Gives a session a cookie, for a token's lifetime or as long as the session lasts. It can have several, a browser
    /// each; the oldest make way where there are too many.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. `None` where the session is over.
    pub async fn give_cookie(&self, id: SessionId) -> Result<Option<CookieSecret>, Error> {
        let value = BASE64.encode(self.environment.random_bytes::<32>());
        let now = self.environment.now();
        let longest = now + self.options.token_lifetime;
        let given: Result<Option<GoodUntil>, Error> = transaction!(self.database, |transaction| {
            let text = "DELETE FROM auth_session_cookies WHERE session_id = $1 AND hash NOT IN (
                            SELECT hash FROM auth_session_cookies WHERE session_id = $1 AND expires_at > $2
                            ORDER BY expires_at DESC LIMIT $3)";
            transaction.execute(text, values![id, now, MOST - 1]).await?;
            let text = concat!(
                "INSERT INTO auth_session_cookies (hash, session_id, expires_at)
                 SELECT $2, id, CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END
                 FROM auth_sessions WHERE id = $1 AND ",
                is_on!("$4", "$5"),
                " RETURNING expires_at"
            );
            let values = values![id, cookie_hash(&value), longest, now, self.idle_since(now)];
            transaction.query_optional(text, values).await
        });
        match given {
            // Ended by somebody else while we were looking at it.
            Err(Error::ForeignKey(_)) => Ok(None),
            given => Ok(given?.map(|GoodUntil(expires_at)| CookieSecret { value, expires_at })),
        }
    }
}
