//! The baseline: the least that a server written with axum does.

use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};

use super::process::Process;

/// The argument that turns this program into the bare server.
pub(crate) const ARGUMENT: &str = "--bare-server";

/// As long as the response of `GET /admin/users/me`.
const BODY: &str = r#"{"user":{"id":"user_01KAMCX4V7Y9J0Q6T3N8ZB5RWD","first_name":null,"last_name":null,"email":"admin@example.com","avatar_url":null,"metadata":null,"created_at":"2026-11-22T09:30:00.000Z","updated_at":"2026-11-22T09:30:00.000Z","deleted_at":null}}"#;

/// Starts the bare server.
pub(crate) fn start() -> Process {
    Process::start(Command::new(std::env::current_exe().expect("this program has a path")).arg(ARGUMENT))
}

/// Serves one route that returns a constant, one that counts what it receives, and one that returns the count, on the
/// product's kind of runtime.
pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let app = Router::new()
            .route("/", get(|| async { ([(CONTENT_TYPE, "application/json")], BODY) }))
            .route(
                "/sink",
                post(async |State(count): State<Arc<AtomicU64>>, _body: String| {
                    count.fetch_add(1, Relaxed);
                    ([(CONTENT_TYPE, "application/json")], "{}")
                }),
            )
            .route(
                "/count",
                get(async |State(count): State<Arc<AtomicU64>>| {
                    ([(CONTENT_TYPE, "application/json")], format!("{{\"count\":{}}}", count.load(Relaxed)))
                }),
            )
            .with_state(Arc::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("listening on http://{}", listener.local_addr().expect("its address"));
        std::io::stdout().flush().expect("standard output is open");
        axum::serve(listener, app).await.expect("it serves until it is killed");
    });
}
