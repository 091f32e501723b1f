//! `POST /admin/webhooks/{id}/deliveries/{delivery_id}/redeliver`

use axum::response::Response;
use serde_json::json;
use vestibule_notify::{RetrieveDeliveryError, WEBHOOK};

use crate::admin::deliveries;
use crate::api::State;
use crate::caller::Admitted;
use crate::request::{Path, Query, read_nothing};
use crate::{ApiError, respond, schemas};

/// Delivers to a webhook once more, under the same id, whether it was given up, has arrived, or waits.
#[utoipa::path(
    post, path = "/admin/webhooks/{id}/deliveries/{delivery_id}/redeliver", operation_id = "redeliver_to_webhook", tag = "webhooks",
    params(("id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 200, body = schemas::webhooks::OneDelivery), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 409, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn redeliver(
    state: State,
    _: Admitted,
    Path((id, delivery)): Path<(String, String)>,
    query: Query,
) -> Result<Response, ApiError> {
    read_nothing(&query)?;
    let webhook = state.webhooks.retrieve(super::id(&id)?).await?;
    let found = state.deliveries.retrieve(deliveries::id(&delivery)?).await?;
    // Whoever may change a webhook has no say in what goes elsewhere.
    if found.destination != WEBHOOK || found.target != webhook.id.to_string() {
        return Err(RetrieveDeliveryError::NotFound { id: delivery }.into());
    }
    let queued = state.deliveries.retry(found.id).await?;
    Ok(respond::json(&json!({ "delivery": queued })))
}
