//! Who is behind a request.
//!
//! Session, identity's owner, user, roles and what they may do are read in one query by indexes, at every request:
//! whoever is deleted, locked, signed out or demoted is so at his next request, on every process, whatever his token
//! says.

use vestibule_auth::sessions::AccessClaims;
use vestibule_auth::{AuthIdentityId, SessionId};
use vestibule_core::{Timestamp, Value};
use vestibule_database::{Error, FromRow, Row};
use vestibule_rbac::{Permissions, RoleId};
use vestibule_user::User;

use crate::users::user_columns;
use crate::{Actor, By, Client, Flows, USER};

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
pub struct Caller {
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

/// The row of the lookup.
struct Found {
    caller: Caller,
    last_used_at: Timestamp,
}

/// Read in the order of the columns: each is then where the last one ended, and need not be looked for by its name.
impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let session_id = row.get("session_id")?;
        let auth_identity_id = row.get("auth_identity_id")?;
        let actor_type: String = row.get("actor_type")?;
        let provider = row.get("provider")?;
        let created_at: Timestamp = row.get("session_created_at")?;
        let last_used_at = row.get_optional("last_used_at")?.unwrap_or(created_at);
        let proved_at = row.get_optional("proved_at")?.unwrap_or(created_at);
        let awaits_mfa = row.get_optional("awaits_mfa")?.unwrap_or(false);
        let awaits_verification = row.get_optional("awaits_verification")?.unwrap_or(false);
        let has_completed_mfa = row.get_optional::<Timestamp>("mfa_completed_at")?.is_some();
        let actor_id: Option<String> = row.get_optional("actor_id")?;
        let role_ids: Option<String> = row.get_optional("role_ids")?;
        let grants: Option<String> = row.get_optional("grants")?;
        let requires_mfa = row.get_optional("requires_mfa")?.unwrap_or(false);
        let has_user: bool = row.get("has_user")?;
        let user = (has_user && actor_type == USER).then(|| User::from_row(row)).transpose()?;
        let user = user.filter(|user| user.deleted_at.is_none() && user.locked_at.is_none());
        let (mut roles, mut permissions) = (Vec::new(), Permissions::default());
        if let (Some(_), Some(role_ids), Some(grants)) = (&user, role_ids, grants) {
            roles.extend(role_ids.split_ascii_whitespace().filter_map(|id| id.parse::<RoleId>().ok()));
            permissions.add(&grants);
        }
        let stage = match (awaits_verification, awaits_mfa) {
            (true, _) => Stage::Unverified,
            (false, true) => Stage::Half,
            (false, false) if requires_mfa && user.is_some() && !has_completed_mfa => Stage::Enrolment,
            (false, false) => Stage::Full,
        };
        let caller = Caller {
            session_id,
            auth_identity_id,
            actor_type,
            provider,
            actor_id,
            user,
            roles,
            permissions,
            stage,
            proved_at,
            has_fresh_proof: false,
        };
        Ok(Self { caller, last_used_at })
    }
}

/// The lookup, by what leads to the session. User and roles are joined by their keys and by nothing else, so that a
/// database which knows nothing of its tables yet finds them by their keys; which users count is decided where the row is
/// read.
macro_rules! lookup {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT session.id AS session_id, session.auth_identity_id, session.actor_type, session.provider,
                 session.created_at AS session_created_at, session.last_used_at, session.proved_at, session.awaits_mfa,
                 session.awaits_verification, session.mfa_completed_at, session.actor_id,
                 subject.role_ids, subject.grants, subject.requires_mfa,
                 users.id IS NOT NULL AS has_user, ",
            user_columns!(),
            "
             FROM ",
            $from,
            " LEFT JOIN users ON users.id = session.actor_id
             LEFT JOIN rbac_subjects subject ON subject.id = session.actor_id
             WHERE session.expires_at > $2 AND COALESCE(session.last_used_at, session.created_at) > $3 AND ",
            $condition
        )
    };
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
    ) -> Result<Option<Caller>, Error> {
        match credential {
            Credential::Bearer(token) => {
                let Some((claims, session)) = self.read_bearer(token) else {
                    return Ok(None);
                };
                let text = lookup!("auth_sessions session", "session.id = $1");
                let found = self.look_up(text, session.into(), client).await?;
                Ok(found.and_then(|caller| as_claimed(caller, &claims)))
            }
            Credential::Cookie(secret) => {
                let text = lookup!(
                    "auth_session_cookies cookie JOIN auth_sessions session ON session.id = cookie.session_id",
                    "cookie.hash = $1"
                );
                self.look_up(text, self.auth.cookie_hash(secret).into(), client).await
            }
        }
    }

    async fn look_up(
        &self,
        text: &'static str,
        key: Value,
        client: impl FnOnce() -> Client,
    ) -> Result<Option<Caller>, Error> {
        let now = self.environment.now();
        let idle_since = self.auth.idle_since(now);
        let found = self.database.query_optional(text, &[key, now.into(), idle_since.into()]).await?;
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
fn as_claimed(mut caller: Caller, claims: &AccessClaims) -> Option<Caller> {
    if claims.actor_id.is_empty() {
        caller.forget_user();
    } else if caller.actor_id.as_deref() != Some(claims.actor_id.as_str()) {
        return None;
    }
    Some(caller)
}

impl Caller {
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

    /// Who he is to the flows.
    pub fn by(&self, client: Client) -> By {
        let actor = self.user.as_ref().map_or(Actor::Identity(self.auth_identity_id), |user| Actor::User(user.id));
        By { actor, client, has_fresh_proof: self.has_fresh_proof }
    }
}
