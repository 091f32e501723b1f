//! Retrying a delivery.

use vestibule_audit::Action;
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_flows::Context;

use super::{Deliveries, Delivery, DeliveryId, columns};
use crate::WebhookId;

/// Why a delivery is not tried again.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetryDeliveryError {
    /// There is none, or no longer.
    #[error("Delivery with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// It is being tried at this moment.
    #[error("This delivery is being tried at this moment; wait for what comes of it")]
    #[kind(Conflict, code = "delivery_under_way")]
    InProgress,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Deliveries {
    /// Retries a delivery now, with a new count of attempts, whether it failed, has arrived, or waits. It keeps its id.
    /// One that is superseded by then is not sent all the same.
    ///
    /// # Errors
    ///
    /// [`RetryDeliveryError`].
    pub async fn retry(&self, id: DeliveryId, context: &Context) -> Result<Delivery, RetryDeliveryError> {
        self.retry_where(id, |_| true, context).await
    }

    /// The same for a delivery to this webhook. Others are not found: permission to change a webhook does not cover
    /// them.
    ///
    /// # Errors
    ///
    /// [`RetryDeliveryError`].
    pub(crate) async fn retry_to_webhook(
        &self,
        webhook: WebhookId,
        id: DeliveryId,
        context: &Context,
    ) -> Result<Delivery, RetryDeliveryError> {
        self.retry_where(id, |delivery| delivery.is_to_webhook(webhook), context).await
    }

    async fn retry_where(
        &self,
        id: DeliveryId,
        is_meant: impl Fn(&Delivery) -> bool,
        context: &Context,
    ) -> Result<Delivery, RetryDeliveryError> {
        let now = self.environment.now();
        transaction!(self.database, |transaction| {
            let before = hold_within(transaction, id).await?;
            let before = before.filter(|delivery| is_meant(delivery));
            let Some(before) = before else { return Err(RetryDeliveryError::NotFound { id: id.to_string() }) };
            let text = concat!(
                "UPDATE deliveries SET state = 'queued', attempts = 0, next_try_at = $2, lease = NULL, finished_at = NULL,
                     updated_at = $2
                 WHERE id = $1 AND (lease IS NULL OR next_try_at <= $2) RETURNING ",
                columns!()
            );
            let retried: Option<Delivery> = transaction.query_optional(text, values![id, now]).await?;
            let retried = retried.ok_or(RetryDeliveryError::InProgress)?;
            // The caller knows that the target is reachable again.
            let text = "DELETE FROM delivery_pauses WHERE destination = $1 AND target = $2";
            transaction.execute_pipelined(text, values![retried.destination.as_str(), retried.target.as_str()]).await?;
            let target = ("delivery", &*id.to_string());
            let (old, new) = (Some(audited(&before)), Some(audited(&retried)));
            context.record_within(transaction, &self.audit, Action::DeliveryRetried, target, old, new).await?;
            transaction.announce();
            Ok(retried)
        })
    }
}

/// Reads a delivery and locks it until the transaction ends.
async fn hold_within(transaction: &mut Transaction, id: DeliveryId) -> Result<Option<Delivery>, Error> {
    let text = concat!("UPDATE deliveries SET updated_at = updated_at WHERE id = $1 RETURNING ", columns!());
    transaction.query_optional(text, values![id]).await
}

/// A delivery as the audit log shows it, without the recipient's address.
fn audited(delivery: &Delivery) -> serde_json::Value {
    serde_json::json!({
        "event": delivery.name,
        "subject": delivery.subject,
        "destination": delivery.destination,
        "target": delivery.target,
        "state": delivery.state,
    })
}
