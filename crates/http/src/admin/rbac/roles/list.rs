//! `GET /admin/rbac/roles`

use axum::response::Response;

use super::LISTING;
use crate::admin::relations::Shown;
use crate::api::State;
use crate::caller::Admitted;
use crate::request::{FindRequest, Kind, Query};
use crate::{ApiError, schemas};

/// Lists roles.
#[utoipa::path(
    get, path = "/admin/rbac/roles", operation_id = "list_roles", tag = "roles", params(schemas::ListParameters),
    responses((status = 200, body = schemas::roles::Roles), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, asker: Admitted, query: Query) -> Result<Response, ApiError> {
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let (roles, count) = state.flows.rbac().list_and_count_rbac_roles(&filter, &find).await?;
    let shown = Shown::of(&query, Kind::Role, selection, &asker.permissions);
    Ok(shown.page(&state, "roles", &roles, (count, offset, limit)).await?)
}
