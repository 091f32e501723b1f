//! `GET /admin/users/me`

use axum::response::Response;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::request::{Query, read_selection};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::SignedInUser;

/// Retrieves the signed-in user.
#[utoipa::path(
    get, path = "/admin/users/me", operation_id = "retrieve_me", tag = "users", params(schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn me(state: State, caller: SignedInUser, query: Query) -> Result<Response, Problem> {
    let selection = read_selection::<UserField>(&query)?;
    Ok(Projection::own(&query, selection, &caller.permissions).one(&state, "user", &caller.user).await?)
}
