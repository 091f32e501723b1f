//! `GET /auth/{actor_type}/providers`

use axum::response::Response;
use serde_json::{Value as Json, json};

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;

/// Lists the sign-in methods.
#[utoipa::path(
    get, path = "/auth/{actor_type}/providers", operation_id = "list_auth_providers", tag = "auth", params(("actor_type" = String, Path)),
    responses((status = 200, body = schemas::Providers), (status = 400, body = schemas::Error)),
)]
pub(crate) async fn providers(state: State, Path(actor_type): Path<String>) -> Result<Response, Problem> {
    super::check_actor_type(&actor_type)?;
    let providers: Vec<Json> = state
        .flows
        .auth()
        .providers()
        .map(|provider| {
            json!({
                "id": provider.identifier(),
                "identifier": provider.identifier(),
                "display_name": provider.display_name(),
                "flow": provider.flow(),
            })
        })
        .collect();
    Ok(respond::whole("providers", &providers))
}
