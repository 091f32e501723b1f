//! Sign-ins that can be ended.
//!
//! Every token names its session. A session is a row, looked up at each request: delete the row, and every token and
//! cookie of it is dead at once, on every process.

mod cookie;
mod end;
mod start;
mod token;

use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row};

pub use self::cookie::{CookieSecret, cookie_hash};
pub use self::token::{AccessClaims, SessionToken};
use crate::AuthIdentityId;

vestibule_core::id!(
    /// A session.
    SessionId,
    "sess"
);

/// Somebody's sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The id: the `sid` of its tokens.
    pub id: SessionId,
    /// Who signed in.
    pub auth_identity_id: AuthIdentityId,
    /// As what: `user`, ….
    pub actor_type: String,
    /// By which provider.
    pub provider: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when at most.
    pub expires_at: Timestamp,
}

/// The columns of a [`Session`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, auth_identity_id, actor_type, provider, created_at, expires_at"
    };
}
use columns;

impl FromRow for Session {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id: row.get("auth_identity_id")?,
            actor_type: row.get("actor_type")?,
            provider: row.get("provider")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
        })
    }
}
