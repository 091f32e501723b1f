//! `POST /admin/rbac/roles/{id}/users`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_flows::roles::UserRolesError;
use vestibule_user::User;
use vestibule_user::UserId;

use crate::openapi::describe;
use crate::request::{NonEmpty, Path, Query, RawBody, body, read_nothing};
use crate::respond::{self, Reply};
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

/// The users of the role.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsersOfRole {
    users: Vec<User>,
}

/// Adds users to a role. The caller must have every policy that it grants.
#[describe(operation("add_role_users", "roles").body::<AddUsersBody>().errors(["404"]))]
pub(crate) async fn add(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<UsersOfRole> {
    read_nothing(&query)?;
    let body: AddUsersBody = body.read()?;
    let role = id.parse().map_err(|_| UserRolesError::Role { id })?;
    let users: Vec<UserId> = Vec::from(body.users)
        .into_iter()
        .map(|id: String| id.parse().map_err(|_| UserRolesError::User { id }))
        .collect::<Result<_, _>>()?;
    state.flows.assign_role_to_users(&role, &users, &caller.context).await?;
    let (users, _) = state.flows.list_and_count_users_of_role(&role, None, 0, SHOWN).await?;
    Ok(respond::json(&UsersOfRole { users }))
}
