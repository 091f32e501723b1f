//! Who is behind a request that shows an API key.
//!
//! Key, roles and what they may do are read in one query by indexes, at every request: a key that is revoked, or over,
//! or whose roles have changed, is so at its next request, on every process. A key that a user made does no more than
//! that user may do now: it loses what they lose, and opens nothing once they are locked or deleted. A key that the
//! operator made is bounded by its roles alone.

use vestibule_auth::api_keys::{ApiKeyId, api_key_hash};
use vestibule_core::Timestamp;
use vestibule_database::{Connection, Error, FromRow, Row, values};
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
    /// Who it is to the flows. A program proves nothing about a person.
    pub fn by(&self, client: Client) -> By {
        By { actor: Actor::ApiKey(self.id), client, has_fresh_proof: false }
    }
}

/// The row of the lookup: the key, and what its roles and its maker's give.
struct Found {
    program: Program,
    last_used_at: Option<Timestamp>,
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id = row.get("id")?;
        let last_used_at = row.get_optional("last_used_at")?;
        let has_maker: bool = row.get("has_maker")?;
        let permissions = |grants: Option<String>| {
            let mut permissions = Permissions::default();
            grants.iter().for_each(|grants| permissions.add(grants));
            permissions
        };
        let own = permissions(row.get_optional("grants")?);
        let permissions = match has_maker {
            true => own.intersection(&permissions(row.get_optional("maker_grants")?)),
            false => own,
        };
        Ok(Self { program: Program { id, permissions }, last_used_at })
    }
}

/// The lookup, by what leads to the key. Its maker is a user, or once was a key: then the user who made that one.
macro_rules! lookup {
    ($condition:literal) => {
        concat!(
            "SELECT api_key.id AS id, api_key.last_used_at AS last_used_at, api_key.created_by IS NOT NULL AS has_maker,
                 subject.grants AS grants, maker_subject.grants AS maker_grants
             FROM auth_api_keys api_key
             LEFT JOIN rbac_subjects subject ON subject.id = api_key.id
             LEFT JOIN auth_api_keys maker_key ON maker_key.id = api_key.created_by
             LEFT JOIN users maker ON maker.id = COALESCE(maker_key.created_by, api_key.created_by)
             LEFT JOIN rbac_subjects maker_subject ON maker_subject.id = maker.id
             WHERE ",
            $condition,
            " AND api_key.type = 'secret' AND api_key.deleted_at IS NULL
               AND (api_key.revoked_at IS NULL OR api_key.revoked_at > $2)
               AND (api_key.expires_at IS NULL OR api_key.expires_at > $2)
               AND (api_key.created_by IS NULL OR (maker.deleted_at IS NULL AND maker.locked_at IS NULL
                                                   AND maker.id IS NOT NULL))"
        )
    };
}

impl Flows {
    /// Whose API key this is; nobody's where it is not genuine, was revoked or is over, or the user who made it is locked
    /// or gone. Notes the use, to the minute.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify_program(&self, key: &str) -> Result<Option<Program>, Error> {
        let Some(hash) = api_key_hash(key) else {
            return Ok(None);
        };
        let text = lookup!("api_key.token_hash = $1");
        let found = self.database.query_optional(text, values![hash, self.environment.now()]).await?;
        let Some(Found { program, last_used_at }) = found else {
            return Ok(None);
        };
        self.auth.touch_api_key(program.id, last_used_at).await;
        Ok(Some(program))
    }

    /// The program of a key's id, as it is at this moment.
    pub(crate) async fn find_program(
        &self,
        connection: impl Into<Connection<'_>>,
        id: &str,
    ) -> Result<Option<Program>, Error> {
        let text = lookup!("api_key.id = $1");
        let found: Option<Found> = connection.into().query_optional(text, values![id, self.environment.now()]).await?;
        Ok(found.map(|found| found.program))
    }
}
