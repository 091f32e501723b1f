//! `GET /admin/users/{id}/roles`

use axum::response::Response;
use serde_json::json;
use vestibule_rbac::RoleField;

use crate::admin::rbac::roles::Shown;
use crate::admin::users;
use crate::api::State;
use crate::caller::Admitted;
use crate::request::{Parameters, Path, Query};
use crate::{ApiError, respond, schemas};

/// Lists the roles of a user, in the order in which he got them.
#[utoipa::path(
    get, path = "/admin/users/{id}/roles", operation_id = "list_user_roles", tag = "users",
    params(("id" = String, Path), schemas::roles::PageParameters),
    responses((status = 200, body = schemas::roles::Roles), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(
    state: State,
    _: Admitted,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, ApiError> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<RoleField>();
    let (offset, limit) = (parameters.count("offset", 0), parameters.count("limit", 50));
    let (selection, offset, limit) = parameters.finish((selection, offset, limit))?;
    // Nobody has no roles, as in the reference.
    let roles = match users::id(&id) {
        Ok(user) => state.flows.rbac().roles_of(state.flows.database(), &user.to_string()).await?,
        Err(_) => Vec::new(),
    };
    let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let count = roles.len();
    let page: Vec<_> = roles.into_iter().skip(size(offset)).take(size(limit)).collect();
    let roles = Shown::of(&query, selection).all(&state, &page).await?;
    Ok(respond::json(&json!({ "roles": roles, "count": count, "offset": offset, "limit": limit })))
}
