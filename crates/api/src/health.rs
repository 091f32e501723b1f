//! For load balancers and supervisors.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;

/// Reports that the process responds.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = String, content_type = "text/plain", example = "OK")))]
pub(crate) async fn health() -> Response {
    respond::text("OK")
}

/// Reports that the process responds, under the name that supervisors expect beside `ready`.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = String, content_type = "text/plain", example = "OK")))]
pub(crate) async fn live() -> Response {
    health().await
}

/// Reports whether requests can be served: the database responds.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses((status = 200, body = schemas::Ready), (status = 503, body = schemas::Error)))]
pub(crate) async fn ready(state: State) -> Response {
    match state.flows.database().ping().await {
        Ok(()) => respond::json(&json!({ "status": "ready" })),
        Err(error) => Problem::from(error).into_response(),
    }
}
