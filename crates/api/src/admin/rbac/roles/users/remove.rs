//! `DELETE /admin/rbac/roles/{id}/users`

use vestibule_user::UserId;

use crate::admin::rbac::roles;
use crate::openapi::describe;
use crate::request::{NonEmpty, Path, RawBody, body};
use crate::respond::{self, DeletedMany, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Removes users from a role.
    pub(crate) struct RemoveUsersBody {
        /// The ids of the users.
        users: NonEmpty<String>,
    }
}

/// Removes users from a role. The caller must have every policy that it grants.
#[describe(operation("remove_role_users", "roles").body::<RemoveUsersBody>().errors(["404"]))]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    body: RawBody,
) -> Reply<DeletedMany> {
    let body: RemoveUsersBody = body.read()?;
    let ids = Vec::from(body.users);
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    // Text that is not an id matches no user.
    let users: Vec<UserId> = ids.iter().filter_map(|id: &String| id.parse().ok()).collect();
    state.flows.remove_role_from_users(&role.id, &users, &caller.context).await?;
    Ok(respond::deleted_many(ids, "role_user"))
}
