//! `DELETE /admin/users/{id}`

use crate::openapi::describe;
use crate::request::{Path, Query};
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a user with every sign-in method and session. `revoke_api_keys=true` also revokes the API keys that the user created.
#[describe(operation("delete_user", "users").query(super::keys::PARAMETERS))]
pub(crate) async fn delete(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    mut query: Query,
) -> Reply<Deleted> {
    let keys = super::keys::take(&mut query)?;
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(id) = super::id(&id) {
        state.flows.remove_user_account_and_keys(id, keys, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "user"))
}
