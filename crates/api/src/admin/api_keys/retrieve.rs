//! `GET /admin/api-keys/{id}`

use axum::response::Response;
use vestibule_auth::ApiKeyField;

use crate::request::{Path, Query, read_selection};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves an API key.
#[utoipa::path(
    get, path = "/admin/api-keys/{id}", operation_id = "retrieve_api_key", tag = "api keys",
    params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneApiKey), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let selection = read_selection::<ApiKeyField>(&query)?;
    let key = state.flows.retrieve_api_key(super::id(&id)?).await?;
    Ok(respond::one("api_key", &key, &selection))
}
