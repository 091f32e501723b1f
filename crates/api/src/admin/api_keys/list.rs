//! `GET /admin/api-keys`

use vestibule_auth::ApiKey;
use vestibule_auth::ApiKeyField;
use vestibule_core::{Field as _, Filter};
use vestibule_flows::WithRoles;

use super::kind;
use crate::openapi::{LIST, describe};
use crate::request::{FindRequest, Listing, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Without `token`: URLs are logged.
const LISTING: Listing<ApiKeyField> = Listing {
    fields: &[
        ApiKeyField::Id,
        ApiKeyField::Title,
        ApiKeyField::Redacted,
        ApiKeyField::CreatedBy,
        ApiKeyField::CreatedAt,
        ApiKeyField::UpdatedAt,
        ApiKeyField::DeletedAt,
        ApiKeyField::LastUsedAt,
        ApiKeyField::ExpiresAt,
        ApiKeyField::RevokedAt,
        ApiKeyField::RevokedBy,
    ],
    search: true,
    limit: 20,
};

/// Lists API keys, including revoked and expired ones.
#[describe(operation("list_api_keys", "api keys").query(kind::PARAMETERS).query(LIST))]
pub(crate) async fn list(state: State, _: Authorized, mut query: Query) -> Reply<Many<WithRoles<ApiKey>>> {
    let kind = kind::read(&mut query)?;
    let FindRequest { filter, find, selection, limit, offset, .. } = LISTING.read(&query)?;
    let filter = match kind {
        Some(kind) => Filter::All(vec![filter, ApiKeyField::Type.eq(kind)]),
        None => filter,
    };
    let (keys, count) = state.flows.list_and_count_api_keys(&filter, &find).await?;
    Ok(respond::page(&keys, &selection, (count, offset, limit)))
}
