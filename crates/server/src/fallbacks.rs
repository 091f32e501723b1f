//! Responses where no route matches, for `Router::fallback` and `Router::method_not_allowed_fallback`.

use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, Uri};

use super::error_body::ErrorBody;

/// Returns 404 for a path without a route. `OPTIONS` of the whole server, a health check of load balancers, gets 204.
pub async fn not_found(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS && matches!(uri.path(), "/" | "*") {
        return StatusCode::NO_CONTENT.into_response();
    }
    let path: String = uri.path().chars().take(200).collect();
    let message = format!("There is no route {method} {path}");
    ErrorBody { code: None, kind: "not_found", message: &message }.with_status(StatusCode::NOT_FOUND)
}

/// Returns 405 for a path with routes for other methods only; axum adds the header `Allow`. A plain `OPTIONS`, which
/// asks for that header, gets 204.
pub async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = format!("{method} is not possible here. The header Allow lists the methods that are.");
    ErrorBody { code: None, kind: "not_allowed", message: &message }.with_status(StatusCode::METHOD_NOT_ALLOWED)
}
