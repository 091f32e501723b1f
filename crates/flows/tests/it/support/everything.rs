//! Everything that the database holds: to see that nothing has changed, and that it is consistent.

use serde_json::Value as Json;
use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row};

use super::Site;

const TABLES: [&str; 9] = [
    "users",
    "invites",
    "auth_identities",
    "auth_identity_actors",
    "provider_identities",
    "auth_sessions",
    "auth_session_cookies",
    "auth_devices",
    "outbox_events",
];

const COLUMNS: [&str; 41] = [
    "id",
    "email",
    "email_canonical",
    "first_name",
    "last_name",
    "avatar_url",
    "metadata",
    "search_text",
    "state",
    "nonce",
    "expires_at",
    "user_id",
    "invited_by",
    "accepted_by",
    "accepted_at",
    "revoked_at",
    "replaced_by",
    "times_sent",
    "sent_at",
    "app_metadata",
    "auth_identity_id",
    "actor_type",
    "actor_id",
    "provider",
    "entity_id",
    "entity_canonical",
    "registration_key",
    "claimed",
    "user_metadata",
    "provider_metadata",
    "hash",
    "session_id",
    "device",
    "first_seen_at",
    "last_seen_at",
    "name",
    "subject",
    "data",
    "created_at",
    "updated_at",
    "deleted_at",
];

/// A row of any table, as text.
struct Line(String);

impl FromRow for Line {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let mut line = String::new();
        for column in COLUMNS {
            if let Some(cell) = cell(row, column) {
                line.push_str(&format!(" {column}={cell}"));
            }
        }
        Ok(Self(line))
    }
}

/// The value of a column, if the table has it.
fn cell(row: &Row<'_>, column: &str) -> Option<String> {
    if let Ok(text) = row.get_optional::<String>(column) {
        return Some(text.unwrap_or_default());
    }
    let moment = row.get::<Timestamp>(column).map(|moment| moment.as_microseconds().to_string());
    let flag = || row.get::<bool>(column).map(|flag| i64::from(flag).to_string());
    let bytes = || row.get::<Vec<u8>>(column).map(|bytes| format!("{bytes:02x?}"));
    let json = || row.get::<Json>(column).map(|json| json.to_string());
    moment.or_else(|_| flag()).or_else(|_| bytes()).or_else(|_| json()).ok()
}

impl Site {
    /// Every row of every table.
    pub(crate) async fn everything(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for table in TABLES {
            let rows: Vec<Line> = self.database.query(format!("SELECT * FROM {table}"), &[]).await.unwrap();
            lines.extend(rows.into_iter().map(|row| format!("{table}:{}", row.0)));
        }
        lines.sort();
        lines
    }

    /// What must hold after any concurrent operations.
    pub(crate) async fn assert_consistent(&self) {
        for (what, rows) in [
            (
                "two users of one address",
                "(SELECT email_canonical FROM users WHERE deleted_at IS NULL GROUP BY email_canonical
                  HAVING count(*) > 1) twice",
            ),
            (
                "two pending invites of one address",
                "(SELECT email_canonical FROM invites WHERE state = 'pending' AND deleted_at IS NULL
                  GROUP BY email_canonical HAVING count(*) > 1) twice",
            ),
            (
                "two claimed identities of one entity",
                "(SELECT provider, entity_canonical FROM provider_identities WHERE claimed
                  GROUP BY provider, entity_canonical HAVING count(*) > 1) twice",
            ),
            (
                "a claimed identity without an owner",
                "auth_identities WHERE expires_at IS NULL
                   AND id NOT IN (SELECT auth_identity_id FROM auth_identity_actors)",
            ),
            (
                "an identity of a user who is not there",
                "auth_identity_actors WHERE actor_type = 'user'
                   AND actor_id NOT IN (SELECT id FROM users WHERE deleted_at IS NULL)",
            ),
            (
                "an unclaimed identity with an owner",
                "auth_identities WHERE expires_at IS NOT NULL
                   AND id IN (SELECT auth_identity_id FROM auth_identity_actors)",
            ),
            (
                "a part that is claimed without its identity, or the other way round",
                "provider_identities part JOIN auth_identities identity ON identity.id = part.auth_identity_id
                 WHERE part.claimed <> (identity.expires_at IS NULL)",
            ),
            (
                "an accepted invite without a user",
                "invites WHERE state = 'accepted'
                   AND (accepted_by IS NULL OR accepted_by NOT IN (SELECT id FROM users))",
            ),
            (
                "a user whose second factor is noted wrongly",
                "users WHERE deleted_at IS NULL AND has_second_factor <> EXISTS (
                     SELECT 1 FROM auth_mfa_factors factor
                     JOIN auth_identity_actors actor ON actor.auth_identity_id = factor.auth_identity_id
                     WHERE actor.actor_type = 'user' AND actor.actor_id = users.id AND factor.status = 'enabled')",
            ),
            (
                "a device of a user who is not there",
                "auth_devices WHERE actor_type = 'user'
                   AND actor_id NOT IN (SELECT id FROM users WHERE deleted_at IS NULL)",
            ),
            ("an invite that is half accepted", "invites WHERE state <> 'accepted' AND accepted_by IS NOT NULL"),
        ] {
            assert_eq!(self.count(rows).await, 0, "{what}");
        }
        for (event, rows) in [
            ("user.created", "users"),
            ("user.deleted", "users WHERE deleted_at IS NOT NULL"),
            ("invite.created", "invites"),
            ("invite.accepted", "invites WHERE state = 'accepted'"),
        ] {
            let events = self.count(&format!("outbox_events WHERE name = '{event}'")).await;
            assert_eq!(events, self.count(rows).await, "{event} is recorded once for each");
        }
    }
}
