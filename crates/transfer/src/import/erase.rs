//! Erasing a person from what undoing an import would bring back.

use serde_json::Value as Json;
use vestibule_core::Erasure;
use vestibule_database::{Error, FromRow, Transaction, values};

#[derive(FromRow)]
struct Batch {
    import_id: String,
    number: i64,
    updated: Json,
}

/// Takes the profiles of a person from the journal of imports, whose tables exist.
///
/// # Errors
///
/// Any [`Error`] of the database.
pub async fn erase_within(transaction: &mut Transaction, erasure: &Erasure) -> Result<(), Error> {
    for pattern in erasure.patterns() {
        let text = r"SELECT import_id, number, updated FROM transfer_batches
                     WHERE lower(CAST(updated AS text)) LIKE $1 ESCAPE '\'";
        let batches: Vec<Batch> = transaction.query(text, values![pattern]).await?;
        for mut batch in batches {
            if let Some(users) = batch.updated.as_array_mut() {
                users.retain(|user| user.get("id").and_then(Json::as_str).is_none_or(|id| !erasure.is_about(id)));
            }
            let text = "UPDATE transfer_batches SET updated = $3 WHERE import_id = $1 AND number = $2";
            transaction.execute_pipelined(text, values![batch.import_id, batch.number, batch.updated]).await?;
        }
    }
    Ok(())
}
