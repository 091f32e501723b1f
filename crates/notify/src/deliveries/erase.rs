//! Erasing a person: the mails to them, also those that wait, and the counts of their mails.

use vestibule_core::Erasure;
use vestibule_database::{Error, Transaction, values};

use crate::MAIL;

/// Keeps deliveries from being created until the transaction ends: a mail whose event is read now would be sent, and its recipient
/// written, after the erasure. To be called first: the relay takes this lock before those of events.
///
/// # Errors
///
/// Any [`Error`] of the database.
pub async fn hold_deliveries_within(transaction: &mut Transaction) -> Result<(), Error> {
    transaction.execute("UPDATE notify_head SET position = position WHERE id = 1", &[]).await.map(drop)
}

/// Deletes the mails to a person. Webhooks stay: what is left of their events are ids.
///
/// # Errors
///
/// Any [`Error`] of the database.
pub async fn erase_within(transaction: &mut Transaction, erasure: &Erasure) -> Result<u64, Error> {
    let mut deleted = 0;
    for id in &erasure.ids {
        let text = "DELETE FROM deliveries WHERE subject = $1 AND destination = $2";
        deleted += transaction.execute(text, values![id.as_str(), MAIL]).await?;
    }
    for address in &erasure.addresses {
        let text = "DELETE FROM deliveries WHERE destination = $1 AND lower(recipient) IN (lower($2), $3)";
        deleted += transaction.execute(text, values![MAIL, address.as_str(), address.canonical()]).await?;
        for counted in [address.canonical().to_owned(), format!("sign-ins {}", address.canonical())] {
            transaction.execute_pipelined("DELETE FROM mail_counts WHERE address = $1", values![counted]).await?;
        }
    }
    Ok(deleted)
}
