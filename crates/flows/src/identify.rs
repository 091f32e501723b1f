//! Who is behind a request.
//!
//! Session, identity's owner and user are read in one query by indexes, at every request: whoever is deleted or signed
//! out is out at his next request, on every process, whatever his token says.

use vestibule_auth::sessions::{AccessClaims, cookie_hash};
use vestibule_auth::{AuthIdentityId, SessionId};
use vestibule_database::{Error, FromRow, Row, values};
use vestibule_user::User;

use crate::{Flows, USER};

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
    /// The user, where the identity belongs to one who is there.
    pub user: Option<User>,
}

struct Found {
    caller: Caller,
    actor_id: Option<String>,
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let has_user = row.get_optional::<String>("id")?.is_some();
        Ok(Self {
            caller: Caller {
                session_id: row.get("session_id")?,
                auth_identity_id: row.get("auth_identity_id")?,
                actor_type: row.get("actor_type")?,
                user: has_user.then(|| User::from_row(row)).transpose()?,
            },
            actor_id: row.get_optional("actor_id")?,
        })
    }
}

/// The lookup, by what leads to the session.
macro_rules! lookup {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT session.id AS session_id, session.auth_identity_id, session.actor_type, actor.actor_id,
                 users.id AS id, users.first_name AS first_name, users.last_name AS last_name, users.email AS email,
                 users.avatar_url AS avatar_url, users.metadata AS metadata, users.created_at AS created_at,
                 users.updated_at AS updated_at, users.deleted_at AS deleted_at
             FROM ",
            $from,
            " LEFT JOIN auth_identity_actors actor
               ON actor.auth_identity_id = session.auth_identity_id AND actor.actor_type = session.actor_type
             LEFT JOIN users
               ON users.id = actor.actor_id AND session.actor_type = 'user' AND users.deleted_at IS NULL
             WHERE session.expires_at > $2 AND ",
            $condition
        )
    };
}

impl Flows {
    /// Who is behind a request; nobody where the credential is not genuine, not in its time, or of a session that is
    /// over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify(&self, credential: Credential<'_>) -> Result<Option<Caller>, Error> {
        match credential {
            Credential::Bearer(token) => {
                let Some((claims, session)) = self.read_bearer(token) else {
                    return Ok(None);
                };
                let values = values![session, self.environment.now()];
                let found: Option<Found> =
                    self.database.query_optional(lookup!("auth_sessions session", "session.id = $1"), values).await?;
                Ok(found.and_then(|found| as_claimed(found, &claims)))
            }
            Credential::Cookie(secret) => {
                let values = values![cookie_hash(secret), self.environment.now()];
                let text = lookup!(
                    "auth_session_cookies cookie JOIN auth_sessions session ON session.id = cookie.session_id",
                    "cookie.hash = $1 AND cookie.expires_at > $2"
                );
                let found: Option<Found> = self.database.query_optional(text, values).await?;
                Ok(found.map(|found| found.caller))
            }
        }
    }

    fn read_bearer(&self, token: &str) -> Option<(AccessClaims, SessionId)> {
        let claims = self.auth.read_token(token).ok()?;
        let session = claims.sid.parse().ok()?;
        Some((claims, session))
    }
}

/// A token that was issued before its identity belonged to anybody stays the token of somebody without an account,
/// also afterwards; refreshed, it is the user's. One that names another owner than the present one is nobody's.
fn as_claimed(found: Found, claims: &AccessClaims) -> Option<Caller> {
    let Found { mut caller, actor_id } = found;
    if claims.actor_id.is_empty() {
        caller.user = None;
    } else if actor_id.as_deref() != Some(claims.actor_id.as_str()) {
        return None;
    }
    Some(caller)
}

impl Caller {
    /// Whether it is a user, or could become one.
    pub fn is_user_type(&self) -> bool {
        self.actor_type == USER
    }
}
