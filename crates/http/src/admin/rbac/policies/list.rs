//! `GET /admin/rbac/policies`

use axum::response::Response;

use super::LISTING;
use crate::api::State;
use crate::caller::Admitted;
use crate::request::{FindRequest, Query};
use crate::{ApiError, respond, schemas};

/// Lists policies.
#[utoipa::path(
    get, path = "/admin/rbac/policies", operation_id = "list_policies", tag = "roles", params(schemas::ListParameters),
    responses((status = 200, body = schemas::roles::Policies), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Admitted, query: Query) -> Result<Response, ApiError> {
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let (policies, count) = state.flows.rbac().list_and_count_rbac_policies(&filter, &find).await?;
    Ok(respond::page("policies", &policies, &selection, (count, offset, limit)))
}
