//! Undoing an import.

use vestibule_core::Timestamp;
use vestibule_database::{Error, Transaction, Value};

use crate::AuthModule;

/// How many values a statement has at most.
const PORTION: usize = 500;

impl AuthModule {
    /// Finds one of these identities or keys that was used since: with which a session began, or a program signed in.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_used_within(
        &self,
        transaction: &mut Transaction,
        ids: &[String],
        since: Timestamp,
    ) -> Result<Option<String>, Error> {
        for portion in ids.chunks(PORTION) {
            let places: Vec<String> = (2..portion.len() + 2).map(|place| format!("${place}")).collect();
            let places = places.join(", ");
            let text = format!(
                "SELECT auth_identity_id AS used FROM provider_identities
                 WHERE last_used_at >= $1 AND auth_identity_id IN ({places})
                 UNION ALL SELECT auth_identity_id FROM auth_sessions WHERE created_at >= $1 AND auth_identity_id IN ({places})
                 UNION ALL SELECT id FROM auth_api_keys WHERE last_used_at >= $1 AND id IN ({places}) LIMIT 1"
            );
            let mut values = vec![Value::from(since)];
            values.extend(portion.iter().map(|id| Value::from(id.as_str())));
            if let Some(used) = transaction.query_scalar_optional(text, &values).await? {
                return Ok(Some(used));
            }
        }
        Ok(None)
    }

    /// Deletes identities and keys as if they had never been there, with what belongs to them.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn forget_imported_within(&self, transaction: &mut Transaction, ids: &[String]) -> Result<(), Error> {
        for portion in ids.chunks(PORTION) {
            let places: Vec<String> = (1..=portion.len()).map(|place| format!("${place}")).collect();
            let places = places.join(", ");
            let values: Vec<Value> = portion.iter().map(|id| Value::from(id.as_str())).collect();
            for table in ["auth_identities", "auth_api_keys"] {
                let text = format!("DELETE FROM {table} WHERE id IN ({places})");
                transaction.execute(text, &values).await?;
            }
        }
        Ok(())
    }
}
