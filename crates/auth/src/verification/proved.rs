//! Addresses that need no code: the owner received something there, or the operator vouches for them.

use vestibule_core::EmailAddress;
use vestibule_database::{Error, Transaction, values};

use super::{DEFAULT_PROVIDER, VerificationId, hash};
use crate::{AuthIdentityId, AuthModule};

impl AuthModule {
    /// Marks an e-mail address as verified for an identity, within a transaction. An earlier code is void.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn take_as_verified_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let text = "INSERT INTO auth_verifications (id, auth_identity_id, entity_type, entity_id, canonical,
                        code_provider, code_hash, requested_at, expires_at, verified_at, created_at, updated_at)
                    VALUES ($1, $2, 'email', $3, $4, $5, $6, $7, $7, $7, $7, $7)
                    ON CONFLICT (auth_identity_id, entity_type, canonical) DO UPDATE SET
                        verified_at = COALESCE(auth_verifications.verified_at, excluded.verified_at),
                        updated_at = excluded.updated_at";
        let id: VerificationId = self.environment.id();
        // The hash of no code.
        let no_code = hash(&id.to_string());
        let now = self.environment.now();
        let values = values![id, identity, address.as_str(), address.canonical(), DEFAULT_PROVIDER, no_code, now];
        transaction.execute_pipelined(text, values).await
    }
}
