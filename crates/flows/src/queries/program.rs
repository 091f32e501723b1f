//! The program behind an API key: the key, its roles and those of the user who made it.
//!
//! Reason: it runs at every request, so it is one query by keys and not three.

use vestibule_auth::ApiKeyKind;
use vestibule_core::Timestamp;
use vestibule_database::{Connection, Database, Error, FromRow, Row, values};
use vestibule_rbac::Permissions;

use crate::callers::ApiKeyCaller;

/// A row: the key, and the permissions of its roles and of its creator's.
pub(crate) struct Found {
    pub(crate) program: ApiKeyCaller,
    /// What the user who made the key may do; `None` where the operator made it.
    pub(crate) maker: Option<Permissions>,
    pub(crate) last_used_at: Option<Timestamp>,
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
        let maker = permissions(row.get_optional("maker_grants")?);
        let maker = has_maker.then_some(maker);
        let permissions = maker.as_ref().map_or_else(|| own.clone(), |maker| own.intersection(maker));
        Ok(Self { program: ApiKeyCaller { id, permissions }, maker, last_used_at })
    }
}

/// The query, by what leads to the key. Its creator is a user, or once was a key: then the user who created that one.
macro_rules! lookup {
    ($condition:literal) => {
        concat!(
            "SELECT api_key.id AS id, api_key.last_used_at AS last_used_at, api_key.created_by IS NOT NULL AS has_maker,
                 role_set.grants AS grants, maker_set.grants AS maker_grants
             FROM auth_api_keys api_key
             LEFT JOIN rbac_subject_sets subject ON subject.subject_id = api_key.id
             LEFT JOIN rbac_role_sets role_set ON role_set.id = subject.set_id
             LEFT JOIN auth_api_keys maker_key ON maker_key.id = api_key.created_by
             LEFT JOIN users maker ON maker.id = COALESCE(maker_key.created_by, api_key.created_by)
             LEFT JOIN rbac_subject_sets maker_subject ON maker_subject.subject_id = maker.id
             LEFT JOIN rbac_role_sets maker_set ON maker_set.id = maker_subject.set_id
             WHERE ",
            $condition,
            " AND api_key.deleted_at IS NULL
               AND (api_key.revoked_at IS NULL OR api_key.revoked_at > $2)
               AND (api_key.expires_at IS NULL OR api_key.expires_at > $2)
               AND (api_key.created_by IS NULL OR (maker.deleted_at IS NULL AND maker.locked_at IS NULL
                                                   AND maker.id IS NOT NULL))"
        )
    };
}

/// Finds the program whose key is of this kind, has this hash and is valid at `now`.
pub(crate) async fn find_by_token(
    database: &Database,
    (kind, hash): (ApiKeyKind, [u8; 32]),
    now: Timestamp,
) -> Result<Option<Found>, Error> {
    database.query_optional(lookup!("api_key.token_hash = $1 AND api_key.type = $3"), values![hash, now, kind]).await
}

/// Finds the program whose key has this id and is valid at `now`.
pub(crate) async fn find_by_id(
    connection: impl Into<Connection<'_>>,
    id: &str,
    now: Timestamp,
) -> Result<Option<Found>, Error> {
    connection
        .into()
        .query_optional(lookup!("api_key.id = $1 AND api_key.type IN ('secret', 'scim')"), values![id, now])
        .await
}
