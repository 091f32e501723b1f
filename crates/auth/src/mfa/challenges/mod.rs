//! Challenges: the question that a half session has to answer.
//!
//! A challenge is a row: it belongs to the session whose password was right, or to no session where a program asked for
//! it by the module. It lives for five minutes and takes five attempts, unless the options say otherwise. The count of failed tries is the account's all the same (security.md 19): a new challenge is no new chance.

mod create;
mod retrieve;
mod verify;

use serde::Serialize;
use vestibule_core::{Metadata, Timestamp};
use vestibule_database::{Error, FromRow, Row};

pub use self::create::{CreateChallengeError, CreateMfaChallenge};
pub use self::retrieve::RetrieveChallengeError;
pub use self::verify::{ExaminedChallenge, VerifiedChallenge, VerifyChallengeError};
use crate::{AuthIdentityId, SessionId};

vestibule_core::id!(
    /// A challenge: the question that a half session has to answer.
    MfaChallengeId,
    "authmfachal"
);

/// The question that a half session has to answer. Serialized as the reference does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MfaChallenge {
    /// The id.
    pub id: MfaChallengeId,
    /// Who is asked.
    pub auth_identity_id: AuthIdentityId,
    /// The session that awaits the answer; none where a program asked for the challenge by the module.
    #[serde(skip)]
    pub session_id: Option<SessionId>,
    /// The provider that authenticated the identity.
    pub auth_provider: Option<String>,
    /// By what it can be answered: `totp`, `recovery_code`, ….
    pub methods: Vec<String>,
    /// Until when.
    pub expires_at: Timestamp,
    /// How many tries it has taken.
    pub attempts: i64,
    /// How many it takes at most.
    pub max_attempts: i64,
    /// When it was answered.
    pub completed_at: Option<Timestamp>,
    /// Whatever programs keep here.
    pub metadata: Option<Metadata>,
}

/// The columns of a [`MfaChallenge`], as a literal for `concat!`.
macro_rules! challenge_columns {
    () => {
        "id, auth_identity_id, session_id, auth_provider, methods, expires_at, attempts, max_attempts, completed_at,
         metadata"
    };
}
use challenge_columns;

impl FromRow for MfaChallenge {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let methods: String = row.get("methods")?;
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id: row.get("auth_identity_id")?,
            session_id: row.get_optional("session_id")?,
            auth_provider: row.get_optional("auth_provider")?,
            methods: methods.split_whitespace().map(str::to_owned).collect(),
            expires_at: row.get("expires_at")?,
            attempts: row.get("attempts")?,
            max_attempts: row.get("max_attempts")?,
            completed_at: row.get_optional("completed_at")?,
            metadata: row.get_optional("metadata")?,
        })
    }
}
