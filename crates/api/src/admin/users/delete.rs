//! `DELETE /admin/users/{id}`

use axum::response::Response;
use vestibule_flows::RemoveUserAccountError;

use crate::request::{Path, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Removes a user, with every way to sign in and every session. With `revoke_api_keys=true` the API keys that the user has made are revoked at the same time.
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
    // What is no user's id is the id of nobody, and nobody is gone already.
    if let Ok(id) = super::id(&id) {
        state.flows.remove_user_account_and_keys(id, keys, &caller.context).await.map_err(|error| match error {
            RemoveUserAccountError::CallerGone => Problem::unauthorized(),
            error => error.into(),
        })?;
    }
    Ok(respond::deleted(&id, "user"))
}
