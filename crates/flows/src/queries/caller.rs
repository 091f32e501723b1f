//! The caller of a request that shows a token or a cookie: session, user, roles and permissions.
//!
//! Reason: it runs at every request, so it is one query by keys (docs/performance.md) and not four.

use vestibule_auth::SessionId;
use vestibule_core::{Timestamp, Value};
use vestibule_database::{Database, Error, FromRow, Row};
use vestibule_rbac::{Permissions, RoleId};
use vestibule_user::{User, user_columns};

use crate::USER;
use crate::callers::{SessionCaller, Stage};

/// The row of the lookup.
pub(crate) struct Found {
    pub(crate) caller: SessionCaller,
    pub(crate) last_used_at: Timestamp,
}

/// Read in the order of the columns: each begins where the last one ended, so none is searched by name.
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
        let caller = SessionCaller {
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

/// The query, by what leads to the session. User and roles are joined by their keys alone, so that a database without
/// statistics finds them by their keys; the code that reads the row decides which users count.
macro_rules! lookup {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT session.id AS session_id, session.auth_identity_id, session.actor_type, session.provider,
                 session.created_at AS session_created_at, session.last_used_at, session.proved_at, session.awaits_mfa,
                 session.awaits_verification, session.mfa_completed_at, session.actor_id,
                 role_set.role_ids, role_set.grants, role_set.requires_mfa,
                 users.id IS NOT NULL AS has_user, ",
            user_columns!(),
            "
             FROM ",
            $from,
            " LEFT JOIN users ON users.id = session.actor_id
             LEFT JOIN rbac_subject_sets subject ON subject.subject_id = session.actor_id
             LEFT JOIN rbac_role_sets role_set ON role_set.id = subject.set_id
             WHERE session.expires_at > $2 AND COALESCE(session.last_used_at, session.created_at) > $3 AND ",
            $condition
        )
    };
}

/// What leads to the session.
pub(crate) enum Key {
    Session(SessionId),
    /// The hash of a cookie.
    Cookie([u8; 32]),
}

/// Finds the caller with a session that has not ended at `now` and was used after `idle_since`.
pub(crate) async fn find_caller(
    database: &Database,
    key: Key,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Found>, Error> {
    let (text, key): (_, Value) = match key {
        Key::Session(id) => (lookup!("auth_sessions session", "session.id = $1"), id.into()),
        Key::Cookie(hash) => {
            let from_cookie = lookup!(
                "auth_session_cookies cookie JOIN auth_sessions session ON session.id = cookie.session_id",
                "cookie.hash = $1"
            );
            (from_cookie, hash.into())
        }
    };
    database.query_optional(text, &[key, now.into(), idle_since.into()]).await
}
