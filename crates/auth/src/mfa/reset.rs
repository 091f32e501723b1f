//! Resetting every second factor of an actor who has lost them all.

use vestibule_database::{Error, Transaction, transaction, values};

use super::{MfaFactor, factor_columns};
use crate::AuthModule;

/// The identities of the actor `$1` `$2`, as a literal for `concat!`.
macro_rules! identities_of {
    () => {
        "(SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)"
    };
}

impl AuthModule {
    /// Deletes all factors, recovery codes and open challenges of an actor, and returns the deleted factors. Sessions that
    /// began with a passkey end.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn reset_auth_mfa(&self, actor_type: &str, actor_id: &str) -> Result<Vec<MfaFactor>, Error> {
        transaction!(self.database, |transaction| {
            self.reset_auth_mfa_within(transaction, actor_type, actor_id).await
        })
    }

    /// Deletes an actor's second factors within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn reset_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<Vec<MfaFactor>, Error> {
        let text = concat!(
            "UPDATE auth_mfa_factors SET status = 'disabled', secret = NULL, updated_at = $3
             WHERE status <> 'disabled' AND auth_identity_id IN ",
            identities_of!(),
            " RETURNING ",
            factor_columns!()
        );
        let values = values![actor_type, actor_id, self.environment.now()];
        let mut factors: Vec<MfaFactor> = transaction.query(text, values).await?;
        factors.sort_by_key(|factor| factor.id);
        for factor in &factors {
            self.end_sessions_of_factor_within(transaction, factor, None).await?;
            self.drop_sign_in_method_within(transaction, factor.auth_identity_id, &factor.provider).await?;
        }
        for text in [
            concat!("DELETE FROM auth_mfa_recovery_codes WHERE auth_identity_id IN ", identities_of!()),
            concat!(
                "DELETE FROM auth_mfa_challenges WHERE completed_at IS NULL AND auth_identity_id IN ",
                identities_of!()
            ),
            // An actor who must have a factor has to enrol again.
            concat!(
                "UPDATE auth_sessions SET mfa_completed_at = NULL WHERE mfa_completed_at IS NOT NULL
                 AND auth_identity_id IN ",
                identities_of!()
            ),
        ] {
            transaction.execute_pipelined(text, values![actor_type, actor_id]).await?;
        }
        Ok(factors)
    }
}
