//! Challenges, which half sessions have to pass.
//!
//! A challenge is a row: it belongs to the session whose password was right, or to no session if a program created it
//! through the module. It lives for five minutes and takes five attempts, unless configured otherwise. Failed attempts
//! count for the account all the same (security.md 19): a new challenge is no new chance.

mod create;
mod retrieve;
mod states;
mod verify;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use vestibule_core::{Metadata, Timestamp};
use vestibule_database::{Error, FromRow, Row};

pub use self::create::{CreateChallengeError, CreateMfaChallenge};
pub use self::retrieve::RetrieveChallengeError;
pub(super) use self::states::ChallengeStates;
pub use self::verify::{ExaminedChallenge, VerifiedChallenge, VerifyChallengeError};
use crate::{AuthIdentityId, SessionId};

vestibule_core::id!(
    /// A challenge: the question that a half session has to answer.
    MfaChallengeId,
    "authmfachal"
);

/// The challenge of a sign-in whose second factor is due.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MfaChallenge {
    /// The id.
    pub id: MfaChallengeId,
    /// The challenged identity.
    pub auth_identity_id: AuthIdentityId,
    /// The session that awaits it; `None` if a program created the challenge through the module.
    #[serde(skip)]
    pub session_id: Option<SessionId>,
    /// The provider that authenticated the identity.
    pub auth_provider: Option<String>,
    /// The methods that can pass it: `totp`, `recovery_code`, ….
    pub methods: Vec<String>,
    /// What the browser needs to answer, by method: the options of a passkey's request, for example. A method that takes
    /// a code is not in it.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub ceremonies: Map<String, Json>,
    /// When it expires.
    pub expires_at: Timestamp,
    /// How many tries were made.
    pub attempts: i64,
    /// The most tries that are accepted.
    pub max_attempts: i64,
    /// When it was passed.
    pub completed_at: Option<Timestamp>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
}

/// The columns of a [`MfaChallenge`], as a literal for `concat!`.
macro_rules! challenge_columns {
    () => {
        "id, auth_identity_id, session_id, auth_provider, methods, ceremonies, expires_at, attempts, max_attempts,
         completed_at, metadata"
    };
}
use challenge_columns;

impl FromRow for MfaChallenge {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let methods: String = row.get("methods")?;
        let ceremonies: Option<Json> = row.get_optional("ceremonies")?;
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id: row.get("auth_identity_id")?,
            session_id: row.get_optional("session_id")?,
            auth_provider: row.get_optional("auth_provider")?,
            methods: methods.split_whitespace().map(str::to_owned).collect(),
            ceremonies: ceremonies.as_ref().and_then(Json::as_object).cloned().unwrap_or_default(),
            expires_at: row.get("expires_at")?,
            attempts: row.get("attempts")?,
            max_attempts: row.get("max_attempts")?,
            completed_at: row.get_optional("completed_at")?,
            metadata: row.get_optional("metadata")?,
        })
    }
}
