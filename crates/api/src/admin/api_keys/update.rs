//! `POST /admin/api-keys/{id}`

use axum::response::Response;
use vestibule_auth::ApiKeyField;

use crate::request::{Path, Query, RawBody, body, read_selection};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Renames an API key.
    pub(crate) struct UpdateApiKeyBody {
        /// What it is for.
        title: String,
    }
}

/// Renames an API key.
#[utoipa::path(
    post, path = "/admin/api-keys/{id}", operation_id = "update_api_key", tag = "api keys",
    params(("id" = String, Path), schemas::FieldsParameter), request_body = UpdateApiKeyBody,
    responses((status = 200, body = schemas::OneApiKey), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    let selection = read_selection::<ApiKeyField>(&query)?;
    let body: UpdateApiKeyBody = body.read()?;
    let key = state.flows.update_api_key(super::id(&id)?, &body.title, &caller.context).await?;
    Ok(respond::one("api_key", &key, &selection))
}
