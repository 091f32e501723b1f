//! Having a delivery tried again.

use std::time::Duration;

use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Error, transaction, values};

use super::list::find;
use super::{Deliveries, Delivery, DeliveryId, columns};

/// Why a delivery is not tried again.
#[derive(Debug, thiserror::Error)]
pub enum RetryDeliveryError {
    /// There is none, or none any more.
    #[error("Delivery with id: {id} was not found")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// It is being tried at this moment.
    #[error("This delivery is being tried at this moment; wait for what comes of it")]
    UnderWay,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RetryDeliveryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::UnderWay => ErrorKind::Conflict,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        matches!(self, Self::UnderWay).then_some("delivery_under_way")
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Database(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl Deliveries {
    /// Has a delivery tried again now, with its tries counted anew, whether it was given up, has arrived, or waits. It
    /// keeps its id. What is over by then is not sent all the same.
    ///
    /// # Errors
    ///
    /// [`RetryDeliveryError`].
    pub async fn retry(&self, id: DeliveryId) -> Result<Delivery, RetryDeliveryError> {
        let now = self.environment.now();
        transaction!(self.database, |transaction| {
            let text = concat!(
                "UPDATE deliveries SET state = 'queued', attempts = 0, next_try_at = $2, lease = NULL, finished_at = NULL,
                     updated_at = $2
                 WHERE id = $1 AND (lease IS NULL OR next_try_at <= $2) RETURNING ",
                columns!()
            );
            let retried: Option<Delivery> = transaction.query_optional(text, values![id, now]).await?;
            let Some(retried) = retried else {
                return match find(&mut *transaction, id).await? {
                    Some(_) => Err(RetryDeliveryError::UnderWay),
                    None => Err(RetryDeliveryError::NotFound { id: id.to_string() }),
                };
            };
            // Somebody knows that the place can be reached again.
            let text = "DELETE FROM delivery_pauses WHERE destination = $1 AND target = $2";
            transaction.execute(text, values![retried.destination.as_str(), retried.target.as_str()]).await?;
            transaction.announce();
            Ok(retried)
        })
    }
}
