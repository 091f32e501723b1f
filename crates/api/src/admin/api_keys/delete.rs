//! `DELETE /admin/api-keys/{id}`

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes an API key that was revoked or has expired.
#[describe(operation("delete_api_key", "api keys"))]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(id) = super::id(&id) {
        state.flows.delete_api_key(id, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "api_key"))
}
