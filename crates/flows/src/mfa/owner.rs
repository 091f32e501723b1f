//! Who may have second factors: actors, and registrations that no actor owns yet, so that a second factor can be set up
//! before an invite is accepted.
//!
//! The token of a registration stays what it is after a user claims its identity: it then changes no factor. Nor does a
//! session as another type of actor, such as a customer's at an identity that is a user's.

use vestibule_auth::MfaFactor;
use vestibule_core::{DomainError, Metadata};
use vestibule_database::{Error, Transaction};

use crate::{Flows, SessionCaller};

/// The largest metadata of a registration's factor, in bytes of JSON, and how deep it can be: anyone can register.
const MAX_METADATA: (usize, usize) = (2 * 1024, 4);

/// Why a caller cannot have second factors.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum FactorOwnerError {
    /// The identity belongs to an actor, and the caller is not that actor.
    #[error("Unauthorized")]
    #[kind(Unauthorized)]
    NotOwner,
    /// A registration's factor has too large metadata.
    #[error("Before an invite is accepted, the metadata of a second factor has at most 2 KiB and 4 levels")]
    #[kind(InvalidData)]
    Metadata,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Lists the caller's second factors, also the disabled ones.
    ///
    /// # Errors
    ///
    /// [`FactorOwnerError`].
    pub async fn list_mfa(&self, caller: &SessionCaller) -> Result<Vec<MfaFactor>, FactorOwnerError> {
        self.check_factor_owner(caller).await?;
        Ok(self.auth.list_auth_mfas_of_identity(caller.auth_identity_id).await?)
    }

    /// Checks that the caller may have second factors, before a code or a password is examined.
    pub(super) async fn check_factor_owner(&self, caller: &SessionCaller) -> Result<(), FactorOwnerError> {
        if caller.actor_id.is_none() && self.auth.is_claimed(&self.database, caller.auth_identity_id).await? {
            return Err(FactorOwnerError::NotOwner);
        }
        Ok(())
    }

    /// The same, within the transaction of the change: an actor claims the identity before it or afterwards.
    pub(super) async fn check_factor_owner_within(
        &self,
        transaction: &mut Transaction,
        caller: &SessionCaller,
    ) -> Result<(), FactorOwnerError> {
        if caller.actor_id.is_some() {
            return Ok(());
        }
        self.auth.lock_identity_within(transaction, caller.auth_identity_id).await?;
        match self.auth.is_claimed(&mut *transaction, caller.auth_identity_id).await? {
            true => Err(FactorOwnerError::NotOwner),
            false => Ok(()),
        }
    }
}

/// Limits what a registration can store.
pub(super) fn check_metadata(caller: &SessionCaller, metadata: &Metadata) -> Result<(), FactorOwnerError> {
    let (bytes, depth) = MAX_METADATA;
    match caller.actor_id.is_some() || metadata.is_within(bytes, depth) {
        true => Ok(()),
        false => Err(FactorOwnerError::Metadata),
    }
}
