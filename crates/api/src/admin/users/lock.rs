//! `POST /admin/users/{id}/lock` and `/unlock`, which the reference lacks.

use axum::response::Response;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::request::{Kind, Path, Query, read_selection};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Locks a user and ends their sessions. `revoke_api_keys=true` also revokes the API keys that the user created.
#[utoipa::path(
    post, path = "/admin/users/{id}/lock", operation_id = "lock_user", tag = "users", params(("id" = String, Path), schemas::KeysParameter, schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn lock(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let keys = super::keys::take(&mut query)?;
    let selection = read_selection::<UserField>(&query)?;
    let user = state.flows.lock_user_and_keys(super::id(&id)?, keys, &caller.context).await?;
    Ok(Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, "user", &user).await?)
}

/// Unlocks a user.
#[utoipa::path(
    post, path = "/admin/users/{id}/unlock", operation_id = "unlock_user", tag = "users", params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn unlock(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let selection = read_selection::<UserField>(&query)?;
    let user = state.flows.unlock_user(super::id(&id)?, &caller.context).await?;
    Ok(Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, "user", &user).await?)
}
