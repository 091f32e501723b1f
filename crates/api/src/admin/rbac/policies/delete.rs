//! `DELETE /admin/rbac/policies/{id}`

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a policy, and removes it from every role.
#[describe(operation("delete_policy", "roles"))]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(policy) = super::id(&id) {
        state.flows.delete_policy(&policy, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "rbac_policy"))
}
