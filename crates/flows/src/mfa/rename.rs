//! Renaming a factor.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::mfa::RenameMfaError;
use vestibule_auth::{MfaFactor, MfaFactorId};
use vestibule_core::DomainError;
use vestibule_database::{Error, transaction};

use super::FactorOwnerError;
use crate::{Context, Flows, SessionCaller};

/// Why a factor was not renamed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RenameFactorError {
    /// The caller cannot have a factor.
    #[error(transparent)]
    Owner(#[from] FactorOwnerError),
    /// It cannot be renamed.
    #[error(transparent)]
    Rename(#[from] RenameMfaError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Renames a factor of the caller. It needs no fresh proof: a name changes no access.
    ///
    /// # Errors
    ///
    /// [`RenameFactorError`].
    pub async fn rename_mfa(
        &self,
        caller: &SessionCaller,
        context: &Context,
        id: MfaFactorId,
        name: &str,
    ) -> Result<MfaFactor, RenameFactorError> {
        self.check_factor_owner(caller).await?;
        transaction!(self.database, |transaction| {
            self.check_factor_owner_within(transaction, caller).await?;
            let change = self.auth.rename_auth_mfa_within(transaction, caller.auth_identity_id, id, name).await?;
            if change.changed {
                let after = json!({ "mfa_id": id, "provider": change.factor.provider, "name": change.factor.name });
                self.record_mfa(transaction, context, Action::MfaRenamed, caller, (None, Some(after))).await?;
            }
            Ok(change.factor)
        })
    }
}
