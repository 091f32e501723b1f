//! Limits how many mails an hour an address is sent.
//!
//! Mails caused by strangers are spaced at the request (`vestibule-auth`, `stranger_mails`) and not counted here: they
//! must not use up what the owner or an administrator may send. Notices of sign-ins are counted apart for the same
//! reason.

use std::time::Duration;

use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, transaction, values};

use super::MailDestination;
use crate::Delivery;
use crate::deliveries::COUNTED;

impl MailDestination {
    /// The key under which a mail to an address is counted; `None` if it is not.
    pub(super) fn counted(&self, to: &EmailAddress, delivery: &Delivery) -> Option<String> {
        match delivery.origin.as_str() {
            _ if self.options.per_address == 0 => None,
            "stranger" => None,
            "sign_in" => Some(format!("sign-ins {}", to.canonical())),
            _ => Some(to.canonical().to_owned()),
        }
    }

    /// Counts a mail to an address. If the limit is reached, returns for how long, and counts nothing.
    pub(super) async fn count(&self, counted: Option<&str>) -> Result<Option<Duration>, Error> {
        let Some(counted) = counted else { return Ok(None) };
        let database = self.flows.database();
        let now = self.flows.environment().now();
        let began = now - COUNTED;
        transaction!(database, |transaction| {
            let text = "INSERT INTO mail_counts (address, since, number) VALUES ($1, $2, 1)
                        ON CONFLICT (address) DO UPDATE SET
                            number = CASE WHEN mail_counts.since <= $3 THEN 1 ELSE mail_counts.number + 1 END,
                            since = CASE WHEN mail_counts.since <= $3 THEN $2 ELSE mail_counts.since END
                        WHERE mail_counts.since <= $3 OR mail_counts.number < $4
                        RETURNING since";
            let values = values![counted, now, began, self.options.per_address];
            if transaction.query_optional::<()>(text, values).await?.is_some() {
                return Ok(None);
            }
            let text = "SELECT since FROM mail_counts WHERE address = $1";
            let since: Timestamp = transaction.query_scalar(text, values![counted]).await?;
            let until = since + COUNTED;
            Ok(Some(until.since(now).max(Duration::from_secs(1))))
        })
    }

    /// Takes back the count of a mail that was not sent. If that cannot be written, the address has one fewer.
    pub(super) async fn uncount(&self, counted: Option<&str>) {
        let Some(counted) = counted else { return };
        let database = self.flows.database();
        let uncounted: Result<u64, Error> = async {
            transaction!(database, |transaction| {
                let text = "UPDATE mail_counts SET number = number - 1 WHERE address = $1 AND number > 0";
                transaction.execute(text, values![counted]).await
            })
        }
        .await;
        if let Err(error) = uncounted {
            tracing::warn!(%error, "a mail that has not left is counted as one that has");
        }
    }
}
