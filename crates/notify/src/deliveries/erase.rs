//! Erasing a person: the mails to them, also those that wait, and the counts of their mails.

use vestibule_core::Erasure;
use vestibule_database::{Error, Transaction, values};

use crate::MAIL;

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
