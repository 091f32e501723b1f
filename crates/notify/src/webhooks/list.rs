//! Listing webhooks.

use vestibule_core::{CursorPage, Filter, FindConfig};
use vestibule_database::list::{self, Table};
use vestibule_database::{Error, values};

use super::{Webhook, WebhookError, WebhookField, WebhookId, Webhooks, columns};

const TABLE: Table = Table { name: "webhook_endpoints", columns: columns!(), searched: None };

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

    /// Lists the webhooks that are not deleted, with what leads to the pages beside it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page(&self, find: &FindConfig<WebhookField>) -> Result<CursorPage<Webhook>, Error> {
        let database = self.flows.database();
        list::list_page(database, TABLE, &Filter::everything(), find).await
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
