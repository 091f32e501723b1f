//! The cookie of a session: a secret of which the database holds only a keyed hash.
//!
//! A cookie has no expiry of its own: it is valid until its session ends, by `session_lifetime` or by
//! `session_idle_lifetime`.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use vestibule_core::Timestamp;
use vestibule_database::{Error, Transaction, transaction, values};

use super::{SessionId, is_on};
use crate::AuthModule;

/// How many cookies a session has at most.
const MOST: i64 = 16;

/// A cookie's value, and when it expires.
#[derive(Clone)]
pub struct CookieSecret {
    /// The value: 256 random bits.
    pub value: String,
    /// The end of the session at the latest, however often it is used.
    pub expires_at: Timestamp,
    /// The time from now until then.
    pub max_age: Duration,
}

impl AuthModule {
    /// Computes the stored hash of a cookie. It depends on the secret that signs tokens: when that changes, every
    /// cookie is dead, as every token is.
    pub fn cookie_hash(&self, value: &str) -> [u8; 32] {
        self.derive("session cookie", value)
    }

    /// Returns whether a cookie is that of a session that has expired, or was unused for too long, and is not deleted yet.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_cookie_of_ended_session(&self, value: &str) -> Result<bool, Error> {
        let now = self.environment.now();
        let text = concat!(
            "SELECT count(*) FROM auth_sessions
             WHERE id IN (SELECT session_id FROM auth_session_cookies WHERE hash = $1) AND NOT ",
            is_on!("$2", "$3")
        );
        let values = values![self.cookie_hash(value), now, self.idle_since(now)];
        Ok(self.database.query_scalar::<i64>(text, values).await? > 0)
    }

    /// Gives a session a cookie, for as long as the session lasts. It can have several, a browser each; new ones
    /// replace the oldest if there are too many.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. `None` where the session is over.
    pub async fn give_cookie(&self, id: SessionId) -> Result<Option<CookieSecret>, Error> {
        let given: Result<_, Error> =
            transaction!(self.database, |transaction| self.give_cookie_within(transaction, id).await);
        match given {
            // The session ended in the meantime.
            Err(Error::ForeignKey(_)) => Ok(None),
            given => given,
        }
    }

    /// Gives a session a cookie within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::ForeignKey`] where the session ends at this moment.
    pub async fn give_cookie_within(
        &self,
        transaction: &mut Transaction,
        id: SessionId,
    ) -> Result<Option<CookieSecret>, Error> {
        let value = BASE64.encode(self.environment.random_bytes::<32>());
        let now = self.environment.now();
        let text = "DELETE FROM auth_session_cookies WHERE session_id = $1 AND hash NOT IN (
                        SELECT hash FROM auth_session_cookies WHERE session_id = $1 ORDER BY created_at DESC LIMIT $2)";
        transaction.execute_pipelined(text, values![id, MOST - 1]).await?;
        let text = concat!(
            "INSERT INTO auth_session_cookies (hash, session_id, created_at)
             SELECT $2, id, $3 FROM auth_sessions WHERE id = $1 AND ",
            is_on!("$3", "$4")
        );
        let values = values![id, self.cookie_hash(&value), now, self.idle_since(now)];
        if transaction.execute(text, values).await? == 0 {
            return Ok(None);
        }
        let text = "SELECT expires_at FROM auth_sessions WHERE id = $1";
        let expires_at: Option<Timestamp> = transaction.query_scalar_optional(text, values![id]).await?;
        Ok(expires_at.map(|expires_at| CookieSecret { value, expires_at, max_age: expires_at.since(now) }))
    }
}
