//! Identities of an import.

use std::fmt;

use serde_json::{Map, Value as Json};
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::{Error, Transaction, Value, values};

use crate::identities::actor_key;
use crate::mfa::{IMPORTED, MfaFactorId, MfaStatus, recovery_code_hash};
use crate::providers::HASH;
use crate::{AuthIdentityId, AuthModule, ProviderIdentityId, VerificationId};

/// An identity of an actor.
#[derive(Debug, Clone, Default)]
pub struct ImportIdentity {
    /// The id; a new one where there is none.
    pub id: Option<AuthIdentityId>,
    /// Type and id of its owners.
    pub actors: Vec<(String, String)>,
    /// The rest of the app metadata.
    pub app_metadata: Map<String, Json>,
    /// The provider identities.
    pub provider_identities: Vec<ImportProviderIdentity>,
    /// The second factors.
    pub factors: Vec<ImportFactor>,
    /// The recovery codes.
    pub recovery_codes: Vec<ImportRecoveryCode>,
    /// The verified addresses, and those that are to be verified.
    pub verifications: Vec<ImportVerification>,
    /// When it was created; now where that is not known.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A provider identity. Printed without its secrets.
#[derive(Clone, Default)]
pub struct ImportProviderIdentity {
    /// The id; a new one where there is none.
    pub id: Option<ProviderIdentityId>,
    /// The provider.
    pub provider: String,
    /// The entity id, as it is displayed.
    pub entity_id: String,
    /// The form in which it is compared, see [`EmailAddress::key_as_written`].
    pub entity_canonical: String,
    /// The hash of the password, which [`is_readable_hash`](crate::passwords::is_readable_hash) has accepted.
    pub password_hash: Option<String>,
    /// The provider's public data about the user.
    pub user_metadata: Option<Metadata>,
    /// The provider's private data.
    pub provider_metadata: Map<String, Json>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A second factor of the kind `totp`. Printed without its secret.
#[derive(Clone)]
pub struct ImportFactor {
    /// The id; a new one where there is none.
    pub id: Option<MfaFactorId>,
    /// The owner's name for it, which no other of the same owner has.
    pub name: String,
    /// The state.
    pub status: MfaStatus,
    /// The secret, in bytes; empty where it is disabled.
    pub secret: Vec<u8>,
    /// Its label, and data of other programs.
    pub metadata: Metadata,
    /// When it was started.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A recovery code that was not used. Printed without it.
#[derive(Clone)]
pub enum ImportRecoveryCode {
    /// The code.
    Plain(String),
    /// The reference's hash of it, of 96 bytes.
    Hash(Vec<u8>),
}

/// A verification of an address.
#[derive(Debug, Clone)]
pub struct ImportVerification {
    /// The id; a new one where there is none.
    pub id: Option<VerificationId>,
    /// The kind: `email`, ….
    pub entity_type: String,
    /// The address.
    pub entity_id: String,
    /// SHA-256 of the code; random where there is none.
    pub code_hash: Option<[u8; 32]>,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
    /// When the code was requested.
    pub requested_at: Option<Timestamp>,
    /// Data of other programs.
    pub metadata: Option<Metadata>,
}

macro_rules! printed_by_name {
    ($($type:ident),*) => {
        $(impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        })*
    };
}

printed_by_name!(ImportProviderIdentity, ImportFactor, ImportRecoveryCode);

impl AuthModule {
    /// Writes identities, claimed by their owners, and returns their ids.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unique`] where one of the names or ids is taken. The transaction must then be
    /// rolled back.
    pub async fn import_identities_within(
        &self,
        transaction: &mut Transaction,
        identities: impl IntoIterator<Item = &ImportIdentity>,
    ) -> Result<Vec<AuthIdentityId>, Error> {
        let now = self.environment.now();
        let named = |identity: &'_ ImportIdentity| identity.id.unwrap_or_else(|| self.environment.id());
        let identities: Vec<_> = identities.into_iter().map(|identity| (named(identity), identity)).collect();
        let (mut rows, mut owners, mut parts) = (Vec::with_capacity(identities.len()), Vec::new(), Vec::new());
        for &(id, identity) in &identities {
            let created_at = identity.created_at.unwrap_or(now);
            let mut app_metadata = identity.app_metadata.clone();
            for (actor_type, actor_id) in &identity.actors {
                app_metadata.remove(&actor_key(actor_type));
                owners.push([id.into(), actor_type.into(), actor_id.into()]);
            }
            let updated_at = identity.updated_at.unwrap_or(created_at);
            rows.push([id.into(), Json::Object(app_metadata).into(), created_at.into(), updated_at.into()]);
            parts.extend(identity.provider_identities.iter().map(|part| self.part(id, part, created_at)));
        }
        let insert = "INSERT INTO auth_identities (id, app_metadata, created_at, updated_at)";
        transaction.insert_rows(insert, rows).await?;
        let insert = "INSERT INTO auth_identity_actors (auth_identity_id, actor_type, actor_id)";
        transaction.insert_rows(insert, owners).await?;
        let insert = "INSERT INTO provider_identities (id, auth_identity_id, provider, entity_id, entity_canonical,
                          registration_key, claimed, user_metadata, provider_metadata, created_at, updated_at)";
        transaction.insert_rows(insert, parts).await?;
        for &(id, identity) in &identities {
            self.import_proofs(transaction, id, identity, identity.created_at.unwrap_or(now)).await?;
        }
        Ok(identities.into_iter().map(|(id, _)| id).collect())
    }

    /// The values of a provider identity, in the order of the columns above.
    fn part(&self, identity: AuthIdentityId, part: &ImportProviderIdentity, now: Timestamp) -> [Value; 11] {
        let id = part.id.unwrap_or_else(|| self.environment.id());
        let mut metadata = part.provider_metadata.clone();
        metadata.remove(HASH);
        metadata.extend(part.password_hash.clone().map(|hash| (HASH.to_owned(), Json::String(hash))));
        let created_at = part.created_at.unwrap_or(now);
        [
            id.into(),
            identity.into(),
            (&part.provider).into(),
            (&part.entity_id).into(),
            (&part.entity_canonical).into(),
            id.into(),
            true.into(),
            (&part.user_metadata).into(),
            Json::Object(metadata).into(),
            created_at.into(),
            part.updated_at.unwrap_or(created_at).into(),
        ]
    }

    /// Writes second factors, recovery codes and verifications, which few identities have.
    async fn import_proofs(
        &self,
        transaction: &mut Transaction,
        id: AuthIdentityId,
        identity: &ImportIdentity,
        created_at: Timestamp,
    ) -> Result<(), Error> {
        for factor in &identity.factors {
            self.import_factor(transaction, id, factor, created_at).await?;
        }
        for code in &identity.recovery_codes {
            let hash = match code {
                ImportRecoveryCode::Plain(code) => recovery_code_hash(&self.options.sealing_key, code).to_vec(),
                ImportRecoveryCode::Hash(hash) if hash.len() == IMPORTED => hash.clone(),
                ImportRecoveryCode::Hash(_) => continue,
            };
            let text = "INSERT INTO auth_mfa_recovery_codes (hash, auth_identity_id, created_at) VALUES ($1, $2, $3)
                        ON CONFLICT DO NOTHING";
            transaction.execute_pipelined(text, values![hash, id, created_at]).await?;
        }
        for verification in &identity.verifications {
            self.import_verification(transaction, id, verification, created_at).await?;
        }
        Ok(())
    }

    async fn import_factor(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        factor: &ImportFactor,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = factor.id.unwrap_or_else(|| self.environment.id());
        let (status, sealed) = match factor.status {
            MfaStatus::Pending => ("pending", true),
            MfaStatus::Enabled => ("enabled", true),
            MfaStatus::Disabled => ("disabled", false),
        };
        let seal = || self.options.sealing_key.seal(&self.environment, &id.to_string(), &factor.secret);
        let text = "INSERT INTO auth_mfa_factors (
                        id, auth_identity_id, provider, name, status, secret, last_step, metadata, created_at, updated_at)
                    VALUES ($1, $2, 'totp', $3, $4, $5, 0, $6, $7, $8)";
        let created_at = factor.created_at.unwrap_or(now);
        let values = values![
            id,
            identity,
            &factor.name,
            status,
            sealed.then(seal),
            factor.metadata.clone(),
            created_at,
            factor.updated_at.unwrap_or(created_at),
        ];
        transaction.execute_pipelined(text, values).await
    }

    async fn import_verification(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        verification: &ImportVerification,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = verification.id.unwrap_or_else(|| self.environment.id());
        let code_hash = verification.code_hash.unwrap_or_else(|| self.environment.random_bytes());
        let requested_at = verification.requested_at.unwrap_or(now);
        // As long as the reference's codes.
        let expires_at = requested_at + std::time::Duration::from_secs(15 * 60);
        let text =
            "INSERT INTO auth_verifications (id, auth_identity_id, entity_type, entity_id, canonical, code_provider,
                        code_hash, requested_at, expires_at, verified_at, metadata, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, $5, 'token', $6, $7, $8, $9, $10, $7, $7)
                    ON CONFLICT DO NOTHING";
        let values = values![
            id,
            identity,
            &verification.entity_type,
            &verification.entity_id,
            EmailAddress::canonical_or_text(&verification.entity_id),
            code_hash,
            requested_at,
            expires_at,
            verification.verified_at,
            &verification.metadata,
        ];
        transaction.execute_pipelined(text, values).await
    }
}
