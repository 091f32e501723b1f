//! What a request leaves for a later one of the same session or user, for a few minutes: a secret that is shown once, a form
//! that was typed when its session had ended.
//!
//! It is a row, because the next request may reach another process, and because a cookie is too small for it and cannot be
//! counted. The row is sealed, belongs to one session or user, and can be read a few times.

use std::time::Duration;

use vestibule_database::{Error, Transaction, transaction, values};

use crate::AuthModule;

vestibule_core::id!(
    /// What was handed over.
    HandoverId,
    "hand"
);

/// How many an owner has at most: a new one replaces the oldest.
const MOST: i64 = 20;

impl AuthModule {
    /// Keeps bytes for `owner`, a session or a user, to be read `reads` times within `lifetime`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn hand_over(
        &self,
        owner: &str,
        content: &[u8],
        reads: u32,
        lifetime: Duration,
    ) -> Result<HandoverId, Error> {
        let id: HandoverId = self.environment.id();
        let sealed = self.options.sealing_key.seal(&self.environment, &place(id, owner), content);
        transaction!(self.database, |transaction| {
            self.keep_newest(transaction, owner).await?;
            let text = "INSERT INTO auth_handovers (id, owner_id, sealed, reads_left, expires_at)
                        VALUES ($1, $2, $3, $4, $5)";
            let expires_at = self.environment.now() + lifetime;
            transaction.execute(text, values![id, owner, sealed.clone(), reads, expires_at]).await?;
            Ok(id)
        })
    }

    /// Reads what was kept for `owner`, if it has not expired and was not read as often as it may be.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn take_over(&self, id: HandoverId, owner: &str) -> Result<Option<Vec<u8>>, Error> {
        let sealed: Result<Option<Vec<u8>>, Error> = transaction!(self.database, |transaction| {
            let text = "UPDATE auth_handovers SET reads_left = reads_left - 1
                        WHERE id = $1 AND owner_id = $2 AND reads_left > 0 AND expires_at > $3 RETURNING sealed";
            transaction.query_scalar_optional(text, values![id, owner, self.environment.now()]).await
        });
        // Of another secret, after a change of the configuration: as good as expired.
        Ok(sealed?.and_then(|sealed| self.options.sealing_key.open(&place(id, owner), &sealed).ok()))
    }

    /// Deletes the oldest of an owner, so that there is room for one.
    async fn keep_newest(&self, transaction: &mut Transaction, owner: &str) -> Result<(), Error> {
        let text = "DELETE FROM auth_handovers WHERE owner_id = $1 AND id NOT IN (
                        SELECT id FROM auth_handovers WHERE owner_id = $1 ORDER BY id DESC LIMIT $2)";
        transaction.execute_pipelined(text, values![owner, MOST - 1]).await
    }
}

/// Where it is sealed for.
fn place(id: HandoverId, owner: &str) -> String {
    format!("handover {id} {owner}")
}
