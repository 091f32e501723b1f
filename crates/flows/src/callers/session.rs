//! Who is behind a request.
//!
//! Session, identity's owner, user, roles and what they may do are read in one query by indexes, at every request:
//! whoever is deleted, locked, signed out or demoted is so at his next request, on every process, whatever his token
//! says.

use vestibule_auth::sessions::AccessClaims;
use vestibule_auth::{AuthIdentityId, SessionId};
use vestibule_core::Timestamp;
use vestibule_database::Error;
use vestibule_rbac::{Permissions, RoleId};
use vestibule_user::User;

use crate::queries::caller::{Found, Key, find_caller};
use crate::{Actor, Client, Context, Flows, USER};

/// What a request brings to show who is behind it.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// A bearer token.
    Bearer(&'a str),
    /// A session's cookie.
    Cookie(&'a str),
}

/// Who is behind a request.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionCaller {
    /// The session.
    pub session_id: SessionId,
    /// Who signed in.
    pub auth_identity_id: AuthIdentityId,
    /// As what: `user`, ….
    pub actor_type: String,
    /// By which provider.
    pub provider: String,
    /// Whom the identity belongs to among actors of this type, where the credential was given to that actor.
    pub actor_id: Option<String>,
    /// The user, where the identity belongs to one who is there.
    pub user: Option<User>,
    /// The user's roles.
    pub roles: Vec<RoleId>,
    /// What the user may do.
    pub permissions: Permissions,
    /// How far he has come.
    pub stage: Stage,
    /// When he last proved who he is.
    pub proved_at: Timestamp,
    /// Whether that is recent enough for actions that create or widen access.
    pub has_fresh_proof: bool,
}

/// How far somebody has come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// His second factor is due: the challenge is open to him, and nothing else.
    Half,
    /// His address is to be verified: until then he is somebody without an account.
    Unverified,
    /// One of his roles requires a second factor, and he has none: enrolment is open to him, and nothing else.
    Enrolment,
    /// All the way.
    Full,
}

impl Flows {
    /// Who is behind a request; nobody where the credential is not genuine, not in its time, or of a session that is
    /// over. Notes the use, to the minute, by `client`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify(
        &self,
        credential: Credential<'_>,
        client: impl FnOnce() -> Client,
    ) -> Result<Option<SessionCaller>, Error> {
        match credential {
            Credential::Bearer(token) => {
                let Some((claims, session)) = self.read_bearer(token) else {
                    return Ok(None);
                };
                let found = self.look_up(Key::Session(session), client).await?;
                Ok(found.and_then(|caller| as_claimed(caller, &claims)))
            }
            Credential::Cookie(secret) => self.look_up(Key::Cookie(self.auth.cookie_hash(secret)), client).await,
        }
    }

    async fn look_up(&self, key: Key, client: impl FnOnce() -> Client) -> Result<Option<SessionCaller>, Error> {
        let now = self.environment.now();
        let found = find_caller(&self.database, key, now, self.auth.idle_since(now)).await?;
        let Some(Found { mut caller, last_used_at }) = found else {
            return Ok(None);
        };
        if matches!(caller.stage, Stage::Half | Stage::Unverified) {
            caller.forget_user();
        }
        caller.has_fresh_proof = self.is_fresh(caller.proved_at);
        if self.auth.is_touch_due(last_used_at) {
            let client = client();
            let (address, user_agent) = (client.address_text(), client.user_agent.as_deref());
            self.auth.touch_session(caller.session_id, last_used_at, address.as_deref(), user_agent).await;
        }
        Ok(Some(caller))
    }

    /// Whether a proof of this time counts where a fresh one is asked for.
    fn is_fresh(&self, proved_at: Timestamp) -> bool {
        self.environment.now().since(proved_at) <= self.auth.options().fresh_proof_lifetime
    }

    fn read_bearer(&self, token: &str) -> Option<(AccessClaims, SessionId)> {
        let claims = self.auth.read_token(token).ok()?;
        let session = claims.sid.parse().ok()?;
        Some((claims, session))
    }
}

/// A token that was issued before its identity belonged to anybody stays the token of somebody without an account,
/// also afterwards; refreshed, it is the user's. One that names another owner than the present one is nobody's.
fn as_claimed(mut caller: SessionCaller, claims: &AccessClaims) -> Option<SessionCaller> {
    if claims.actor_id.is_empty() {
        caller.forget_user();
    } else if caller.actor_id.as_deref() != Some(claims.actor_id.as_str()) {
        return None;
    }
    Some(caller)
}

impl SessionCaller {
    fn forget_user(&mut self) {
        if self.stage == Stage::Enrolment {
            self.stage = Stage::Full;
        }
        self.actor_id = None;
        self.user = None;
        self.roles = Vec::new();
        self.permissions = Permissions::default();
    }

    /// Whether it is a user, or could become one.
    pub fn is_user_type(&self) -> bool {
        self.actor_type == USER
    }

    /// Whom the audit log names.
    pub fn actor(&self) -> Actor {
        self.user.as_ref().map_or(Actor::Identity(self.auth_identity_id), |user| Actor::User(user.id))
    }

    /// What a flow receives.
    pub fn context(&self, client: Client) -> Context {
        Context { actor: self.actor(), client, has_fresh_proof: self.has_fresh_proof }
    }
}
