//! `POST /admin/webhooks/{id}/rotate-secret`

use crate::openapi::describe;
use crate::request::{Path, Query, RawBody, body, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_notify::WebhookWithSecret;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Replaces the secret of a webhook.
    pub(crate) struct RotateSecretBody {
        /// Whether to drop the previous secret at once, because it has leaked. By default messages are signed with both for
        /// a day.
        at_once: Option<bool>,
    }
}

/// Replaces the secret of a webhook. Only this response contains the new one.
#[describe(operation("rotate_webhook_secret", "webhooks").body::<RotateSecretBody>().errors(["404"]))]
pub(crate) async fn rotate_secret(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<WebhookWithSecret>> {
    read_nothing(&query)?;
    let RotateSecretBody { at_once } = body.read()?;
    let rotated = state.webhooks.rotate_secret(super::id(&id)?, at_once.unwrap_or_default(), &caller.context).await?;
    Ok(respond::whole(&rotated))
}
