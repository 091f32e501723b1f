//! Delivering again to one webhook.

use vestibule_core::DomainError;
use vestibule_flows::Context;

use super::{WebhookError, WebhookId, Webhooks};
use crate::{Deliveries, Delivery, DeliveryId, RetryDeliveryError};

/// Why nothing was delivered again to a webhook.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RedeliverError {
    /// There is no such webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// It has no such delivery, or that is being tried at this moment.
    #[error(transparent)]
    Delivery(#[from] RetryDeliveryError),
}

impl Webhooks {
    /// Delivers to a webhook again, see [`Deliveries::retry`]. Other deliveries are not found: permission to change a
    /// webhook does not cover them.
    ///
    /// # Errors
    ///
    /// [`RedeliverError`].
    pub async fn redeliver(
        &self,
        id: WebhookId,
        delivery: DeliveryId,
        context: &Context,
    ) -> Result<Delivery, RedeliverError> {
        let webhook = self.retrieve(id).await?;
        let deliveries = Deliveries::new(self.flows.database().clone(), self.flows.environment().clone());
        Ok(deliveries.retry_to_webhook(webhook.id, delivery, context).await?)
    }
}
