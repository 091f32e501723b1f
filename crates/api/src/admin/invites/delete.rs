//! `DELETE /admin/invites/{id}`

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Revokes an invite. It stays in the history.
#[describe(operation("revoke_invite", "invites"))]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(id) = super::id(&id) {
        state.flows.revoke_invite(id, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "invite"))
}
