//! Renaming a factor.

use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction, values};

use super::name::{self, InvalidFactorName};
use super::start::active;
use super::{FactorChange, MfaFactor, MfaFactorId, factor_columns, lock_enabled};
use crate::{AuthIdentityId, AuthModule};

/// Why a factor was not renamed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RenameMfaError {
    /// There is none, it was disabled, or it is another caller's.
    #[error("MFA factor with id \"{0}\" was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// Another one has this name.
    #[error("There is a second factor {0:?} already. Choose another name.")]
    #[kind(Duplicate, code = "factor_name_taken")]
    NameTaken(String),
    /// The name is invalid.
    #[error(transparent)]
    Name(#[from] InvalidFactorName),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Renames a factor of the owner of this identity, which is not disabled.
    ///
    /// # Errors
    ///
    /// [`RenameMfaError`].
    pub async fn rename_auth_mfa(
        &self,
        identity: AuthIdentityId,
        id: MfaFactorId,
        name: &str,
    ) -> Result<FactorChange, RenameMfaError> {
        transaction!(self.database, |transaction| self.rename_auth_mfa_within(transaction, identity, id, name).await)
    }

    /// Renames a factor within a transaction.
    ///
    /// # Errors
    ///
    /// [`RenameMfaError`].
    pub async fn rename_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        id: MfaFactorId,
        name: &str,
    ) -> Result<FactorChange, RenameMfaError> {
        let name = name::check(name)?;
        let not_found = || RenameMfaError::NotFound(id.to_string());
        lock_enabled(transaction, identity).await?;
        let active = active(transaction, identity).await?;
        let present = active.iter().find(|factor| factor.id == id).ok_or_else(not_found)?;
        let is_taken = |other: &&super::start::Active| other.provider == present.provider && other.name == name;
        if active.iter().filter(is_taken).any(|other| other.id != id) {
            return Err(RenameMfaError::NameTaken(name.to_owned()));
        }
        let text = concat!(
            "UPDATE auth_mfa_factors SET name = $2, updated_at = CASE WHEN name = $2 THEN updated_at ELSE $3 END
             WHERE id = $1 RETURNING ",
            factor_columns!()
        );
        let renamed = transaction.query_optional::<MfaFactor>(text, values![id, name, self.environment.now()]).await?;
        Ok(FactorChange { factor: renamed.ok_or_else(not_found)?, changed: present.name != name })
    }
}
