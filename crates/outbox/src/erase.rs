//! Erasing a person: their events stay in the feed, so that it has no gap, with nothing in them but ids.

use serde_json::Value as Json;
use vestibule_core::Erasure;
use vestibule_database::{Error, FromRow, Transaction, values};

/// What stays of the data of an event about the person. A field that is not here goes.
const KEPT: [&str; 9] =
    ["actor_id", "actor_type", "auth_identity_id", "count", "id", "mfa_id", "origin", "provider", "user_id"];

#[derive(FromRow)]
struct Recorded {
    id: String,
    subject: String,
    data: Json,
}

/// Takes addresses, secrets and everything else but ids from the events about a person. Returns how many were changed.
///
/// # Errors
///
/// Any [`Error`] of the database.
pub async fn erase_within(transaction: &mut Transaction, erasure: &Erasure) -> Result<u64, Error> {
    let mut changed = 0;
    for id in &erasure.ids {
        changed += erase_found(transaction, erasure, "subject = $1", id).await?;
    }
    for pattern in erasure.patterns() {
        let named = r"lower(CAST(data AS text)) LIKE $1 ESCAPE '\'";
        changed += erase_found(transaction, erasure, named, &pattern).await?;
    }
    Ok(changed)
}

async fn erase_found(
    transaction: &mut Transaction,
    erasure: &Erasure,
    condition: &str,
    value: &str,
) -> Result<u64, Error> {
    let text = format!("SELECT id, subject, data FROM outbox_events WHERE {condition}");
    let (events, mut changed): (Vec<Recorded>, u64) = (transaction.query(text, values![value]).await?, 0);
    for event in events {
        let mut data = event.data.clone();
        // A mail's code belongs to an identity or a verification: the event says whose.
        let mut named = event.data.as_object().into_iter().flat_map(|fields| fields.values()).filter_map(Json::as_str);
        let is_about = erasure.is_about(&event.subject) || named.any(|value| erasure.is_about(value));
        erasure.erase(&mut data, is_about.then_some(&KEPT[..]));
        if data != event.data {
            let text = "UPDATE outbox_events SET data = $2 WHERE id = $1";
            changed += transaction.execute(text, values![event.id, data]).await?;
        }
    }
    Ok(changed)
}
