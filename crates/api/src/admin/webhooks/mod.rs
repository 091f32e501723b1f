//! `/admin/webhooks`: which programs are told of events. The reference has none.

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

/// Reads the id of a path. What is no webhook's id is the id of none.
fn id(text: &str) -> Result<WebhookId, WebhookError> {
    text.parse().map_err(|_| WebhookError::NotFound { id: text.to_owned() })
}
