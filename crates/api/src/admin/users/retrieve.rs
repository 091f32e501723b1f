//! `GET /admin/users/{id}`

use axum::response::Response;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::request::{Kind, Path, Query, read_selection};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a user.
#[utoipa::path(
    get, path = "/admin/users/{id}", operation_id = "retrieve_user", tag = "users", params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let selection = read_selection::<UserField>(&query)?;
    let user = state.flows.users().retrieve_user(super::id(&id)?).await?;
    Ok(Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, "user", &user).await?)
}
