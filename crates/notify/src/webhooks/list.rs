//! Listing webhooks.

use vestibule_database::{Error, values};

use super::{Webhook, WebhookError, WebhookId, Webhooks, columns};

impl Webhooks {
    /// Lists the webhooks, oldest first, and counts them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count(&self, skip: u32, take: u32) -> Result<(Vec<Webhook>, u64), Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM webhook_endpoints WHERE deleted_at IS NULL ORDER BY id LIMIT $1 OFFSET $2"
        );
        let found = self.flows.database().query(text, values![take, skip]).await?;
        let text = "SELECT count(*) FROM webhook_endpoints WHERE deleted_at IS NULL";
        Ok((found, self.flows.database().query_scalar(text, &[]).await?))
    }

    /// Retrieves the webhook of this id.
    ///
    /// # Errors
    ///
    /// [`WebhookError`].
    pub async fn retrieve(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        let text = concat!("SELECT ", columns!(), " FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL");
        let found: Option<Webhook> = self.flows.database().query_optional(text, values![id]).await?;
        found.ok_or_else(|| WebhookError::NotFound { id: id.to_string() })
    }
}
