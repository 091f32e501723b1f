//! `DELETE /admin/users/{id}/roles`

use vestibule_rbac::RoleId;

use crate::admin::users;
use crate::openapi::describe;
use crate::request::{NonEmpty, Path, RawBody, body};
use crate::respond::{self, DeletedMany, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Removes roles from a user.
    pub(crate) struct RemoveRolesBody {
        /// The ids of the roles.
        roles: NonEmpty<String>,
    }
}

/// Removes roles from a user. The caller must have every policy that they grant.
#[describe(operation("remove_user_roles", "users").body::<RemoveRolesBody>())]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    body: RawBody,
) -> Reply<DeletedMany> {
    let body: RemoveRolesBody = body.read()?;
    let ids = Vec::from(body.roles);
    if let Ok(user) = users::id(&id) {
        // Text that is not an id matches no role.
        let roles: Vec<RoleId> = ids.iter().filter_map(|id: &String| id.parse().ok()).collect();
        state.flows.remove_roles(user, &roles, &caller.context).await?;
    }
    Ok(respond::deleted_many(ids, "user_role"))
}
