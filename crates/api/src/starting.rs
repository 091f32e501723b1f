//! The responses of a process that cannot serve requests yet.

use std::time::Duration;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::header::CONNECTION;
use vestibule_core::ErrorKind;
use vestibule_web::Problem;

use crate::{error, health};

/// Returns the routes of a process that waits for its database: it is alive, and every other request gets 503. Each
/// response closes its connection, so that the next request finds the routes that replace these.
pub fn starting() -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .fallback(not_ready)
        .layer(map_response(error::write))
        .layer(map_response(close))
}

async fn not_ready() -> Problem {
    Problem::new(
        ErrorKind::Unavailable,
        "The server is starting: it waits for its database, or the database is being migrated. Try again in a few seconds.",
    )
    .with_retry_after(Duration::from_secs(2))
}

async fn close(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
