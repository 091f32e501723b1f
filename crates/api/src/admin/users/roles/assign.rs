//! `POST /admin/users/{id}/roles`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_flows::roles::UserRolesError;
use vestibule_rbac::Role;
use vestibule_rbac::read_role_ids;

use crate::openapi::describe;
use crate::request::{NonEmpty, Path, Query, RawBody, body, read_nothing};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Grants roles to a user.
    pub(crate) struct AssignRolesBody {
        /// The ids of the roles.
        roles: NonEmpty<String>,
    }
}

/// All roles of the user after the change.
#[derive(Serialize, ToSchema)]
pub(crate) struct RolesOfUser {
    roles: Vec<Role>,
}

/// Grants roles to a user. The caller must have every policy that they grant.
#[describe(operation("assign_user_roles", "users").body::<AssignRolesBody>().errors(["404"]))]
pub(crate) async fn assign(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<RolesOfUser> {
    read_nothing(&query)?;
    let body: AssignRolesBody = body.read()?;
    let user = id.parse().map_err(|_| UserRolesError::User { id })?;
    let roles = read_role_ids(&Vec::from(body.roles))?;
    let roles = state.flows.assign_roles(user, &roles, &caller.context).await?;
    Ok(respond::json(&RolesOfUser { roles }))
}
