//! Answers where no route is meant, for `Router::fallback` and `Router::method_not_allowed_fallback`.

use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, Uri};

use super::error_body::ErrorBody;

/// 404: nothing is at this path. Where the path is right and the method is not, [`method_not_allowed`] is meant. `OPTIONS`
/// of the whole server, by which load balancers check it, gets 204.
pub async fn not_found(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS && matches!(uri.path(), "/" | "*") {
        return StatusCode::NO_CONTENT.into_response();
    }
    let path: String = uri.path().chars().take(200).collect();
    let message = format!("There is no route {method} {path}");
    ErrorBody { code: None, kind: "not_found", message: &message }.with_status(StatusCode::NOT_FOUND)
}

/// 405: something is at this path, but not for this method; axum adds the header `Allow`. A plain `OPTIONS`, which
/// asks for that header, gets 204.
pub async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = format!("{method} is not possible here. The header Allow lists what is.");
    ErrorBody { code: None, kind: "not_allowed", message: &message }.with_status(StatusCode::METHOD_NOT_ALLOWED)
}
