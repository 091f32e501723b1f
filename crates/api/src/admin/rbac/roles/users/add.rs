//! `POST /admin/rbac/roles/{id}/users`

use axum::response::Response;
use vestibule_flows::roles::UserRolesError;
use vestibule_user::UserId;

use crate::request::{NonEmpty, Path, Query, RawBody, body, read_nothing};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// How many of the role's users the response has.
const SHOWN: u64 = 100;

body! {
    /// Adds users to a role.
    pub(crate) struct AddUsersBody {
        /// The ids of the users.
        users: NonEmpty<String>,
    }
}

/// Adds users to a role. The caller must have every policy that it grants.
#[utoipa::path(
    post, path = "/admin/rbac/roles/{id}/users", operation_id = "add_role_users", tag = "roles",
    params(("id" = String, Path)), request_body = AddUsersBody,
    responses((status = 200, body = schemas::roles::UsersOfRole), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn add(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    read_nothing(&query)?;
    let body: AddUsersBody = body.read()?;
    let role = id.parse().map_err(|_| UserRolesError::Role { id })?;
    let users: Vec<UserId> = Vec::from(body.users)
        .into_iter()
        .map(|id: String| id.parse().map_err(|_| UserRolesError::User { id }))
        .collect::<Result<_, _>>()?;
    state.flows.assign_role_to_users(&role, &users, &caller.context).await?;
    let (users, _) = state.flows.list_and_count_users_of_role(&role, None, 0, SHOWN).await?;
    Ok(respond::whole("users", &users))
}
