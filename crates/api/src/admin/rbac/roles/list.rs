//! `GET /admin/rbac/roles`

use axum::response::Response;
use vestibule_core::{Field, FindConfig};
use vestibule_rbac::RoleField;

use super::LISTING;
use crate::admin::relations::Projection;
use crate::request::{FindRequest, Kind, Query};
use crate::{batches, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists roles.
#[utoipa::path(
    get, path = "/admin/rbac/roles", operation_id = "list_roles", tag = "roles", params(schemas::ListParameters),
    responses((status = 200, body = schemas::roles::Roles), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, caller: Authorized, query: Query) -> Result<Response, Problem> {
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let projection = Projection::of(&query, Kind::Role, selection, &caller.permissions);
    if batches::are_due(&find) {
        let page = state.flows.rbac().list_and_count_rbac_role_ids(&filter, &find).await?;
        let read = |state: State, ids: Vec<String>| async move {
            let find = FindConfig::default().with_deleted();
            state.flows.rbac().list_rbac_roles(&RoleField::Id.is_in(ids), &find).await
        };
        return projection.batches(&state, "roles", page, (offset, limit), read).await;
    }
    let (roles, count) = state.flows.rbac().list_and_count_rbac_roles(&filter, &find).await?;
    Ok(projection.page(&state, "roles", &roles, (count, offset, limit)).await?)
}
