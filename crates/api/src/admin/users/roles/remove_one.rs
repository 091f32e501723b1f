//! `DELETE /admin/users/{id}/roles/{role_id}`

use crate::admin::rbac::roles;
use crate::admin::users;
use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Removes a role from a user. The caller must have every policy that it grants.
#[describe(operation("remove_user_role", "users").errors(["404"]))]
pub(crate) async fn remove_one(
    state: State,
    caller: Authorized,
    Path((id, role)): Path<(String, String)>,
) -> Reply<Deleted> {
    let present = state.flows.rbac().retrieve_rbac_role(&roles::id(&role)?).await?;
    // Text that is not an id matches no user.
    if let Ok(user) = users::id(&id) {
        state.flows.remove_roles(user, &[present.id], &caller.context).await?;
    }
    Ok(respond::deleted(&role, "user_role"))
}
