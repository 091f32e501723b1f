//! Proving an identity again, within a session.

use vestibule_database::{Error, Transaction, values};

use super::{SessionId, is_on};
use crate::AuthModule;

impl AuthModule {
    /// Records within a transaction that a session's owner has just proved their identity; `mfa` if by the second
    /// factor. A half session stays half: proving the second factor there leads to a new one. Returns whether there was
    /// a session.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn prove_session_within(
        &self,
        transaction: &mut Transaction,
        id: SessionId,
        mfa: bool,
    ) -> Result<bool, Error> {
        let now = self.environment.now();
        let proved = concat!(
            "UPDATE auth_sessions SET proved_at = $2 WHERE id = $1 AND awaits_mfa IS NOT TRUE AND ",
            is_on!("$2", "$3")
        );
        let by_factor = concat!(
            "UPDATE auth_sessions SET proved_at = $2, mfa_completed_at = $2
             WHERE id = $1 AND awaits_mfa IS NOT TRUE AND ",
            is_on!("$2", "$3")
        );
        let text = if mfa { by_factor } else { proved };
        Ok(transaction.execute(text, values![id, now, self.idle_since(now)]).await? > 0)
    }
}
