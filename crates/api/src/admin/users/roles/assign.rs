//! `POST /admin/users/{id}/roles`

use axum::response::Response;
use vestibule_flows::roles::UserRolesError;
use vestibule_rbac::read_role_ids;

use crate::request::{NonEmpty, Path, Query, RawBody, body, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Grants roles to a user.
    pub(crate) struct AssignRolesBody {
        /// The ids of the roles.
        roles: NonEmpty<String>,
    }
}

/// Grants roles to a user. The caller must have every policy that they grant.
#[utoipa::path(
    post, path = "/admin/users/{id}/roles", operation_id = "assign_user_roles", tag = "users",
    params(("id" = String, Path)), request_body = AssignRolesBody,
    responses((status = 200, body = schemas::roles::RolesOfUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn assign(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let body: AssignRolesBody = body.read()?;
    let user = id.parse().map_err(|_| UserRolesError::User { id })?;
    let roles = read_role_ids(&Vec::from(body.roles))?;
    let roles = state.flows.assign_roles(user, &roles, &caller.context).await?;
    Ok(respond::whole("roles", &roles))
}
