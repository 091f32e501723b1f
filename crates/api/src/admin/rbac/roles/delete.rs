//! `DELETE /admin/rbac/roles/{id}`

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a role, and removes it from every user.
#[describe(operation("delete_role", "roles"))]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(role) = super::id(&id) {
        state.flows.delete_role(&role, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "rbac_role"))
}
