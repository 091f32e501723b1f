//! What a provider may read and change: its own identities.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value as Json};
use vestibule_core::Metadata;
use vestibule_database::{Error, transaction, values};

use super::RejectionReason;
use crate::identities::{self, AuthIdentity, AuthIdentityId, ProviderIdentity};
use crate::{AuthModule, AuthenticateError};

/// The key of the provider metadata under which a provider keeps the address that it has proved to be the user's.
pub const PROVEN_EMAIL: &str = "proven_email";

/// The identities of one provider.
pub struct IdentityStore<'a> {
    module: &'a AuthModule,
    provider: &'a str,
}

/// An identity to be registered. Printed without the provider metadata.
#[derive(Clone, PartialEq)]
pub struct Registration {
    /// The entity id, as it is displayed.
    pub entity_id: String,
    /// The same in the form in which it is compared.
    pub entity_canonical: String,
    /// Distinguishes this registration from other unclaimed ones of the same entity: empty if the provider itself
    /// verifies the identity, otherwise a value that only this user knows.
    pub registration_key: String,
    /// The provider's public data about the user, for programs.
    pub user_metadata: Option<Metadata>,
    /// The provider's private data. Never displayed.
    pub provider_metadata: Map<String, Json>,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("entity_id", &self.entity_id).finish_non_exhaustive()
    }
}

impl<'a> IdentityStore<'a> {
    pub(crate) fn new(module: &'a AuthModule, provider: &'a str) -> Self {
        Self { module, provider }
    }

    /// Finds the claimed identity of this entity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_claimed(&self, entity_canonical: &str) -> Result<Option<ProviderIdentity>, Error> {
        let text = concat!(
            "SELECT ",
            identities::provider_columns!(),
            " FROM provider_identities WHERE provider = $1 AND entity_canonical = $2 AND claimed"
        );
        self.module.database.query_optional(text, values![self.provider, entity_canonical]).await
    }

    /// Finds the claimed identities of one of these two entities.
    pub(crate) async fn list_claimed(&self, one: &str, other: &str) -> Result<Vec<ProviderIdentity>, Error> {
        let text = concat!(
            "SELECT ",
            identities::provider_columns!(),
            " FROM provider_identities WHERE provider = $1 AND entity_canonical IN ($2, $3) AND claimed"
        );
        self.module.database.query(text, values![self.provider, one, other]).await
    }

    /// Finds the identity of this registration while it is unclaimed, or if it was claimed since the caller looked for
    /// a claimed one in vain.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_registered(
        &self,
        entity_canonical: &str,
        registration_key: &str,
    ) -> Result<Option<ProviderIdentity>, Error> {
        let text = concat!(
            "SELECT ",
            identities::provider_columns!(),
            " FROM provider_identities
              WHERE provider = $1 AND entity_canonical = $2 AND registration_key = $3 AND NOT claimed
                AND EXISTS (SELECT 1 FROM auth_identities WHERE auth_identities.id = auth_identity_id AND expires_at > $4)
              UNION ALL SELECT ",
            identities::provider_columns!(),
            " FROM provider_identities
              WHERE provider = $1 AND entity_canonical = $2 AND registration_key = $3 AND claimed"
        );
        let now = self.module.environment.now();
        self.module.database.query_optional(text, values![self.provider, entity_canonical, registration_key, now]).await
    }

    /// Retrieves the whole identity of a provider identity.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Refused`] if it was deleted in the meantime, with its owner or by another claim.
    pub async fn identity(&self, part: &ProviderIdentity) -> Result<AuthIdentity, AuthenticateError> {
        let found = identities::find(&self.module.database, part.auth_identity_id).await?;
        found.ok_or_else(|| RejectionReason::Late.into())
    }

    /// Creates an unclaimed identity. The same earlier registration is found again, and its lifetime starts again.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::Unavailable`] if it was claimed at this moment.
    pub async fn register(&self, registration: &Registration) -> Result<AuthIdentity, Error> {
        let id: Result<AuthIdentityId, Error> = transaction!(self.module.database, |transaction| {
            let (environment, now) = (&self.module.environment, self.module.environment.now());
            let expires_at = now + self.module.options.unclaimed_lifetime;
            transaction
                .execute_pipelined(
                    "DELETE FROM auth_identities WHERE expires_at <= $4 AND id IN (
                         SELECT auth_identity_id FROM provider_identities
                         WHERE provider = $1 AND entity_canonical = $2 AND registration_key = $3 AND NOT claimed)",
                    values![
                        self.provider,
                        registration.entity_canonical.as_str(),
                        registration.registration_key.as_str(),
                        now
                    ],
                )
                .await?;
            let id: AuthIdentityId = environment.id();
            let text = "INSERT INTO auth_identities (id, app_metadata, expires_at, created_at, updated_at)
                        VALUES ($1, $2, $3, $4, $4)";
            transaction.execute_pipelined(text, values![id, Json::Object(Map::new()), expires_at, now]).await?;
            let made: Option<()> = transaction
                .query_optional(
                    "INSERT INTO provider_identities (id, auth_identity_id, provider, entity_id, entity_canonical,
                         registration_key, claimed, user_metadata, provider_metadata, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $10, $7, $8, $9, $9)
                     ON CONFLICT (provider, entity_canonical, registration_key) WHERE NOT claimed DO NOTHING
                     RETURNING id",
                    values![
                        environment.id::<identities::ProviderIdentityId>(),
                        id,
                        self.provider,
                        registration.entity_id.as_str(),
                        registration.entity_canonical.as_str(),
                        registration.registration_key.as_str(),
                        &registration.user_metadata,
                        Json::Object(registration.provider_metadata.clone()),
                        now,
                        false,
                    ],
                )
                .await?;
            if made.is_some() {
                return Ok(id);
            }
            transaction.execute_pipelined("DELETE FROM auth_identities WHERE id = $1", values![id]).await?;
            let again: Option<AuthIdentityId> = transaction
                .query_scalar_optional(
                    "UPDATE auth_identities SET expires_at = $4, updated_at = $5 WHERE expires_at IS NOT NULL AND id IN (
                         SELECT auth_identity_id FROM provider_identities
                         WHERE provider = $1 AND entity_canonical = $2 AND registration_key = $3 AND NOT claimed)
                     RETURNING id",
                    values![
                        self.provider,
                        registration.entity_canonical.as_str(),
                        registration.registration_key.as_str(),
                        expires_at,
                        now
                    ],
                )
                .await?;
            // Claimed or deleted by another caller between the two statements.
            again.ok_or_else(|| Error::Unavailable("the registration was used in the meantime".into()))
        });
        let found = identities::find(&self.module.database, id?).await?;
        found.ok_or_else(|| Error::Unavailable("the registration was used in the meantime".into()))
    }

    /// Replaces what the provider has said of a user at an earlier sign-in.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn replace_profile(
        &self,
        part: &ProviderIdentity,
        user_metadata: Option<Metadata>,
        provider_metadata: Map<String, Json>,
    ) -> Result<(), Error> {
        if part.user_metadata == user_metadata && part.provider_metadata == provider_metadata {
            return Ok(());
        }
        let now = self.module.environment.now();
        transaction!(self.module.database, |transaction| {
            let text = "UPDATE provider_identities SET user_metadata = $2, provider_metadata = $3, updated_at = $4
                        WHERE id = $1 AND provider = $5";
            let values = values![part.id, &user_metadata, Json::Object(provider_metadata.clone()), now, self.provider];
            transaction.execute_pipelined(text, values).await
        })
    }

    /// Replaces the provider metadata; returns `false` if it was changed in the meantime, or belongs to another
    /// provider.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn replace_metadata(&self, part: &ProviderIdentity, metadata: Map<String, Json>) -> Result<bool, Error> {
        transaction!(self.module.database, |transaction| {
            let changed = transaction
                .execute(
                    "UPDATE provider_identities SET provider_metadata = $2, updated_at = $3
                     WHERE id = $1 AND updated_at = $4 AND provider = $5",
                    values![
                        part.id,
                        Json::Object(metadata.clone()),
                        self.module.environment.now().max(part.updated_at + Duration::from_micros(1)),
                        part.updated_at,
                        self.provider
                    ],
                )
                .await?;
            Ok(changed > 0)
        })
    }
}
