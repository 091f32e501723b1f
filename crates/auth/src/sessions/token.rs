//! The token of a session.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use vestibule_core::{InvalidToken, Metadata, SigningKey, Timestamp};

use super::Session;
use crate::identities::actor_key;
use crate::{AuthIdentity, AuthModule};

/// The purpose that distinguishes these tokens from all others.
const PURPOSE: &str = "session";

/// The most that a token repeats of one kind of metadata, in bytes of JSON. A token with more is too long to be read.
const MAX_METADATA: usize = 2 * 1_024;

/// The claims of a session's token: the reference's, with a session and a purpose added.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionClaims))]
pub struct SessionToken {
    /// The signed text.
    #[serde(skip)]
    pub token: String,
    /// The actor's id; empty if the identity belongs to no actor of this type.
    pub actor_id: String,
    /// `user`, ….
    pub actor_type: String,
    /// The identity.
    pub auth_identity_id: String,
    /// The provider that authenticated it.
    pub auth_provider: String,
    /// Whether the identity has a second factor.
    pub mfa_enabled: bool,
    /// When the second factor was proved in this session.
    pub mfa_challenge_completed_at: Option<Timestamp>,
    /// The identity's app metadata; above 2 KiB, only the owners.
    pub app_metadata: Map<String, Json>,
    /// The provider's public data about the user; empty above 2 KiB.
    pub user_metadata: Map<String, Json>,
    /// The session.
    pub sid: String,
    /// `session`.
    pub purpose: &'static str,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Expires at, in seconds since 1970.
    pub exp: i64,
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionToken")
            .field("sid", &self.sid)
            .field("actor_id", &self.actor_id)
            .field("actor_type", &self.actor_type)
            .field("auth_identity_id", &self.auth_identity_id)
            .field("exp", &self.exp)
            .finish_non_exhaustive()
    }
}

/// The claims that decide whether a token is accepted. Everything else is read from the database at each request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AccessClaims {
    /// The session.
    pub sid: String,
    /// The actor for whom it was issued; empty before the identity belonged to one.
    pub actor_id: String,
    purpose: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
}

impl AccessClaims {
    /// Parses a token that is genuine, of a session and not expired.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`].
    pub fn read(key: &SigningKey, token: &str, now: Timestamp) -> Result<Self, InvalidToken> {
        let claims: Self = key.read(token)?;
        let now = now.as_seconds();
        if claims.purpose != PURPOSE || now >= claims.exp || claims.nbf.is_some_and(|nbf| now < nbf) {
            return Err(InvalidToken);
        }
        Ok(claims)
    }
}

impl AuthModule {
    /// Issues a token of a session, for a token's lifetime or as long as the session lasts.
    pub fn issue_token(&self, session: &Session, identity: &AuthIdentity) -> SessionToken {
        let now = self.environment.now();
        let is_half = session.awaits_mfa;
        // A half token claims a whole one's lifetime, as the reference's does; its session ends sooner.
        let longest = now + self.options.token_lifetime;
        let expires_at = if is_half { longest } else { longest.min(session.expires_at) };
        // Before the second factor is proved, or the address verified, the owner of the identity is withheld.
        let is_withheld = is_half || session.awaits_verification;
        let actor = identity.actor(&session.actor_type).filter(|_| !is_withheld);
        let actor_id = actor.unwrap_or_default().to_owned();
        let owner = || [(actor_key(&session.actor_type), actor_id.clone().into())].into_iter().collect();
        let app_metadata = match is_withheld {
            true => Map::new(),
            false if is_short(&identity.app_metadata) => identity.app_metadata.clone(),
            false => owner(),
        };
        let user_metadata = identity.provider_identity(&session.provider).and_then(|part| part.user_metadata.as_ref());
        let user_metadata = user_metadata
            .map(Metadata::as_object)
            .filter(|metadata| !session.awaits_verification && is_short(metadata));
        let mut claims = SessionToken {
            token: String::new(),
            actor_id,
            actor_type: session.actor_type.clone(),
            auth_identity_id: identity.id.to_string(),
            auth_provider: session.provider.clone(),
            mfa_enabled: is_half || session.mfa_completed_at.is_some(),
            mfa_challenge_completed_at: session.mfa_completed_at,
            app_metadata,
            user_metadata: user_metadata.cloned().unwrap_or_default(),
            sid: session.id.to_string(),
            purpose: PURPOSE,
            iat: now.as_seconds(),
            exp: expires_at.as_seconds(),
        };
        claims.token = self.options.signing_key.sign(&claims);
        claims
    }

    /// Verifies a session's token.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`]. A genuine token does not imply that its session is live.
    pub fn read_token(&self, token: &str) -> Result<AccessClaims, InvalidToken> {
        AccessClaims::read(&self.options.signing_key, token, self.environment.now())
    }
}

fn is_short(metadata: &Map<String, Json>) -> bool {
    serde_json::to_vec(metadata).is_ok_and(|text| text.len() <= MAX_METADATA)
}
