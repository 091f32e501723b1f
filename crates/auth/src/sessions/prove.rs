//! Proving anew, within a session, who one is.

use vestibule_database::{Error, Transaction, values};

use super::{SessionId, is_on};
use crate::AuthModule;

impl AuthModule {
    /// Notes within a transaction that a session's owner has just proved who he is; `mfa` says that it was by his second
    /// factor. A half session stays half: whoever proves his second factor there gets a new one. Tells whether there
    /// was a session.
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
