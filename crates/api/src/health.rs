//! For load balancers and supervisors.

use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::describe;
use crate::respond::{self, PlainText, Reply, Sent};
use vestibule_web::State;

/// Reports that the process responds.
#[describe(operation("health", "health"))]
pub(crate) async fn health() -> Sent<PlainText> {
    respond::text("OK")
}

/// Reports that the process responds, under the name that supervisors expect beside `ready`.
#[describe(operation("live", "health"))]
pub(crate) async fn live() -> Sent<PlainText> {
    health().await
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    #[schema(example = "ready")]
    status: &'static str,
}

/// Reports whether requests can be served: the database responds.
#[describe(operation("ready", "health").errors(["503"]))]
pub(crate) async fn ready(state: State) -> Reply<Ready> {
    state.flows.database().ping().await?;
    Ok(respond::json(&Ready { status: "ready" }))
}
