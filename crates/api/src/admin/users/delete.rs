//! `DELETE /admin/users/{id}`

use axum::response::Response;

use crate::request::{Path, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a user with every sign-in method and session. `revoke_api_keys=true` also revokes the API keys that the user created.
#[utoipa::path(
    delete, path = "/admin/users/{id}", operation_id = "delete_user", tag = "users", params(("id" = String, Path), schemas::KeysParameter),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn delete(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let keys = super::keys::take(&mut query)?;
    // As in the reference, deleting an unknown id succeeds; so does text that is not an id.
    if let Ok(id) = super::id(&id) {
        state.flows.remove_user_account_and_keys(id, keys, &caller.context).await?;
    }
    Ok(respond::deleted(&id, "user"))
}
