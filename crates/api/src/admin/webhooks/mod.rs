//! `/admin/webhooks`, which the reference lacks: endpoints that receive events.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod list;
pub(crate) mod redeliver;
pub(crate) mod retrieve;
pub(crate) mod rotate_secret;
pub(crate) mod test;
pub(crate) mod update;

use vestibule_notify::{WebhookError, WebhookId};

/// Parses the id in a path. Other text is reported as an unknown webhook.
fn id(text: &str) -> Result<WebhookId, WebhookError> {
    text.parse().map_err(|_| WebhookError::NotFound { id: text.to_owned() })
}
