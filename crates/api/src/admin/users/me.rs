//! `GET /admin/users/me`

use axum::response::Response;
use vestibule_user::UserField;

use crate::admin::relations::Shown;
use crate::api::State;
use crate::caller::SignedIn;
use crate::request::{Query, read_selection};
use crate::{ApiError, schemas};

/// Who is signed in.
#[utoipa::path(
    get, path = "/admin/users/me", operation_id = "retrieve_me", tag = "users", params(schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn me(state: State, caller: SignedIn, query: Query) -> Result<Response, ApiError> {
    let selection = read_selection::<UserField>(&query)?;
    Ok(Shown::own(&query, selection, &caller.permissions).one(&state, "user", &caller.user).await?)
}
