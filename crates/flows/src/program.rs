//! Who is behind a request that shows an API key.
//!
//! Key, roles and what they may do are read in one query by indexes, at every request: a key that is revoked, or over,
//! or whose roles have changed, is so at its next request, on every process.

use vestibule_auth::api_keys::{ApiKeyId, api_key_hash};
use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row, values};
use vestibule_rbac::Permissions;

use crate::{Actor, By, Client, Flows};

/// A program with an API key.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it may do.
    pub permissions: Permissions,
}

impl Program {
    /// Who it is to the flows.
    pub fn by(&self, client: Client) -> By {
        By { actor: Actor::ApiKey(self.id), client }
    }
}

/// The row of the lookup: the key, and what its roles give.
struct Found {
    id: ApiKeyId,
    last_used_at: Option<Timestamp>,
    grants: Option<String>,
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            last_used_at: row.get_optional("last_used_at")?,
            grants: row.get_optional("grants")?,
        })
    }
}

const LOOKUP: &str = "SELECT api_key.id AS id, api_key.last_used_at AS last_used_at, subject.grants AS grants
     FROM auth_api_keys api_key
     LEFT JOIN rbac_subjects subject ON subject.id = api_key.id
     WHERE api_key.token_hash = $1 AND api_key.deleted_at IS NULL
       AND (api_key.revoked_at IS NULL OR api_key.revoked_at > $2)
       AND (api_key.expires_at IS NULL OR api_key.expires_at > $2)";

impl Flows {
    /// Whose API key this is; nobody's where it is not genuine, was revoked or is over. Notes the use, to the minute.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify_program(&self, key: &str) -> Result<Option<Program>, Error> {
        let Some(hash) = api_key_hash(key) else {
            return Ok(None);
        };
        let found = self.database.query_optional(LOOKUP, values![hash, self.environment.now()]).await?;
        let Some(Found { id, last_used_at, grants }) = found else {
            return Ok(None);
        };
        let mut permissions = Permissions::default();
        grants.iter().for_each(|grants| permissions.add(grants));
        self.auth.touch_api_key(id, last_used_at).await;
        Ok(Some(Program { id, permissions }))
    }
}
