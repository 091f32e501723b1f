//! The page that shows the document: Swagger UI, whose files are embedded in its crate.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{Config, SwaggerUi};
use vestibule_core::ErrorKind;
use vestibule_web::{Problem, Web};

/// Returns the routes of `/docs` and of the document that it shows.
pub(super) fn routes(path: &'static str, document: OpenApi) -> Router<Arc<Web>> {
    // Relative, because the server may be published below a path.
    let config = Config::new([format!("..{path}")]).use_base_layout();
    let page = SwaggerUi::new("/docs").url(path, document).config(config);
    Router::from(page).layer(axum::middleware::map_response(as_ours))
}

/// Allows the page its own scripts and styles, makes its redirect relative, and replaces its errors for unknown files with
/// the API's.
async fn as_ours(mut response: Response) -> Response {
    if let Some(location) = response.headers_mut().get_mut(http::header::LOCATION) {
        *location = http::HeaderValue::from_static("docs/");
    }
    if matches!(response.status(), StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND) {
        return Problem::new(ErrorKind::NotFound, "The page has no such file").into_response();
    }
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_SECURITY_POLICY, http::HeaderValue::from_static(policy));
    response
}
