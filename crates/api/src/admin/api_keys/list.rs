//! `GET /admin/api-keys`

use axum::response::Response;
use vestibule_auth::ApiKeyField;
use vestibule_core::{Field as _, Filter};

use super::kind;
use crate::request::{FindRequest, Listing, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
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
#[utoipa::path(
    get, path = "/admin/api-keys", operation_id = "list_api_keys", tag = "api keys",
    params(schemas::KindParameter, schemas::ListParameters),
    responses((status = 200, body = schemas::ApiKeys), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, mut query: Query) -> Result<Response, Problem> {
    let kind = kind::read(&mut query)?;
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let filter = match kind {
        Some(kind) => Filter::All(vec![filter, ApiKeyField::Type.eq(kind)]),
        None => filter,
    };
    let (keys, count) = state.flows.list_and_count_api_keys(&filter, &find).await?;
    Ok(respond::page("api_keys", &keys, &selection, (count, offset, limit)))
}
