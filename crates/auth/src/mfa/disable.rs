//! Giving a factor up.

use vestibule_database::{Transaction, transaction, values};

use super::{FactorChange, MfaFactor, MfaFactorId, RetrieveMfaError, factor_columns, lock_enabled, settle_after_last};
use crate::{AuthIdentityId, AuthModule};

impl AuthModule {
    /// Gives up a factor of whoever has this identity: its secret is wiped, and with the last factor the recovery codes
    /// go. One that was given up before stays so.
    ///
    /// # Errors
    ///
    /// [`RetrieveMfaError`].
    pub async fn disable_auth_mfa(
        &self,
        identity: AuthIdentityId,
        id: MfaFactorId,
    ) -> Result<FactorChange, RetrieveMfaError> {
        transaction!(self.database, |transaction| self.disable_auth_mfa_within(transaction, identity, id).await)
    }

    /// Gives a factor up within a transaction.
    ///
    /// # Errors
    ///
    /// [`RetrieveMfaError`].
    pub async fn disable_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        id: MfaFactorId,
    ) -> Result<FactorChange, RetrieveMfaError> {
        let not_found = || RetrieveMfaError::NotFound(id.to_string());
        self.find_factor(&mut *transaction, identity, id).await?.ok_or_else(not_found)?;
        lock_enabled(transaction, identity).await?;
        let text = concat!(
            "UPDATE auth_mfa_factors SET status = 'disabled', secret = NULL, updated_at = $2
             WHERE id = $1 AND status <> 'disabled' RETURNING ",
            factor_columns!()
        );
        let disabled = transaction.query_optional::<MfaFactor>(text, values![id, self.environment.now()]).await?;
        let changed = disabled.is_some();
        let factor = match disabled {
            Some(factor) => Some(factor),
            None => self.find_factor(&mut *transaction, identity, id).await?,
        };
        settle_after_last(transaction, identity).await?;
        Ok(FactorChange { factor: factor.ok_or_else(not_found)?, changed })
    }
}
