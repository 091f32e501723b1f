//! The last use of an API key.

use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction, values};

use super::ApiKeyId;
use crate::AuthModule;
use crate::sessions::EXACTNESS;

impl AuthModule {
    /// Records the use of a key, if its last use known to the caller is more than a minute ago. A failure is only
    /// logged: it must not lock a caller out. Where the database takes no writes, this returns after two seconds.
    pub async fn touch_api_key(&self, id: ApiKeyId, last_used_at: Option<Timestamp>) {
        if last_used_at.is_some_and(|time| !self.is_touch_due(time)) {
            return;
        }
        let module = self.clone();
        let write = async move {
            if let Err(error) = module.note_key_use(id).await {
                tracing::warn!(api_key = %id, %error, "the use of an API key could not be noted");
            }
        };
        self.uses.write(id, write).await;
    }

    /// Of concurrent uses, one is written.
    async fn note_key_use(&self, id: ApiKeyId) -> Result<(), Error> {
        let now = self.environment.now();
        transaction!(self.database, |transaction| {
            let text = "UPDATE auth_api_keys SET last_used_at = $2
                        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
            transaction.execute_pipelined(text, values![id, now, now - EXACTNESS]).await
        })
    }
}
