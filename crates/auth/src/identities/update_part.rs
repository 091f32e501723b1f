//! Updating a provider identity.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value as Json};
use vestibule_core::{EmailAddress, Metadata, MetadataPatch, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::claim::LOCK;
use super::update::merge;
use super::{ProviderIdentity, ProviderIdentityId, UpdateIdentitiesError, provider_columns};
use crate::AuthModule;
use crate::providers::emailpass;

/// A change of a provider identity. Printed without the provider metadata.
#[derive(Clone, PartialEq)]
pub struct UpdateProviderIdentity {
    /// The provider identity.
    pub id: ProviderIdentityId,
    /// The new entity id: with `emailpass`, the address. It does not become verified by this, and a password reset that
    /// was sent to the old one no longer works.
    pub entity_id: Option<String>,
    /// Merged key by key into the provider metadata. With `emailpass`, a hash under `password` replaces the password;
    /// sessions continue, so end them where they must not ([`AuthModule::end_session`]).
    pub provider_metadata: Map<String, Json>,
    /// The change of the user metadata.
    pub user_metadata: MetadataPatch,
}

impl UpdateProviderIdentity {
    /// An update of this provider identity without changes yet.
    pub fn new(id: ProviderIdentityId) -> Self {
        Self { id, entity_id: None, provider_metadata: Map::new(), user_metadata: MetadataPatch::Keep }
    }
}

impl fmt::Debug for UpdateProviderIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateProviderIdentity")
            .field("id", &self.id)
            .field("entity_id", &self.entity_id)
            .field("user_metadata", &self.user_metadata)
            .finish_non_exhaustive()
    }
}

impl AuthModule {
    /// Updates one provider identity or many, all or none. The caller has checked the permission.
    ///
    /// A new entity id must be no one else's; rival registrations under it are deleted, as by a claim.
    ///
    /// # Errors
    ///
    /// [`UpdateIdentitiesError`].
    pub async fn update_provider_identities<I: OneOrMany<UpdateProviderIdentity>>(
        &self,
        updates: I,
    ) -> Result<I::Output<ProviderIdentity>, UpdateIdentitiesError> {
        let updates = updates.into_list();
        let updated: Result<_, UpdateIdentitiesError> = transaction!(self.database, |transaction| {
            let mut updated = Vec::with_capacity(updates.len());
            for update in &updates {
                updated.push(self.update_provider_identity(transaction, update).await?);
            }
            Ok(updated)
        });
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    pub(crate) async fn update_provider_identity(
        &self,
        transaction: &mut Transaction,
        update: &UpdateProviderIdentity,
    ) -> Result<ProviderIdentity, UpdateIdentitiesError> {
        if update.entity_id.as_ref().is_some_and(|name| name.is_empty() || name.contains(char::is_control)) {
            return Err(UpdateIdentitiesError::InvalidEntity);
        }
        let not_found = || UpdateIdentitiesError::PartNotFound(update.id.to_string());
        let find = concat!("SELECT ", provider_columns!(), " FROM provider_identities WHERE id = $1");
        let part: ProviderIdentity =
            transaction.query_optional(find, values![update.id]).await?.ok_or_else(not_found)?;
        let renamed = update.entity_id.as_deref().filter(|name| *name != part.entity_id);
        if let Some(name) = renamed {
            // Before the identity is locked, as everywhere: claims wait for one another at the names.
            let name = (part.provider.clone(), EmailAddress::canonical_or_text(name));
            self.lock_names_within(transaction, vec![name]).await?;
        }
        transaction.query_optional::<()>(&LOCK, values![part.auth_identity_id]).await?;
        let part: ProviderIdentity =
            transaction.query_optional(find, values![update.id]).await?.ok_or_else(not_found)?;
        // Later than before by any clock, so that a sign-in by the old password is recognised as late.
        let now = self.environment.now().max(part.updated_at + Duration::from_micros(1));
        let mut metadata = part.provider_metadata.clone();
        merge(&mut metadata, &update.provider_metadata);
        if part.provider == emailpass::EMAILPASS && update.provider_metadata.contains_key(emailpass::HASH) {
            metadata.insert(emailpass::SET_AT.to_owned(), now.as_microseconds().into());
        }
        let metadata: Map<_, _> = Metadata::new(metadata)?.into();
        let entity_id = renamed.unwrap_or(&part.entity_id);
        let text = concat!(
            "UPDATE provider_identities SET entity_id = $2, entity_canonical = $3, provider_metadata = $4,
                 user_metadata = $5, updated_at = $6
             WHERE id = $1 RETURNING ",
            provider_columns!()
        );
        let values = values![
            update.id,
            entity_id,
            EmailAddress::canonical_or_text(entity_id),
            Json::Object(metadata),
            update.user_metadata.clone().apply(part.user_metadata.clone())?,
            now,
        ];
        let updated = transaction.query_optional(text, values).await.map_err(|error| match error {
            Error::Unique { .. } => {
                UpdateIdentitiesError::EntityTaken { provider: part.provider.clone(), entity_id: entity_id.to_owned() }
            }
            error => error.into(),
        })?;
        if renamed.is_some() {
            let text = "DELETE FROM auth_password_resets WHERE provider_identity_id = $1";
            transaction.execute_pipelined(text, values![update.id]).await?;
            let text = "SELECT claimed FROM provider_identities WHERE id = $1";
            if transaction.query_scalar_optional(text, values![update.id]).await? == Some(true) {
                self.drop_rivals_within(transaction, part.auth_identity_id).await?;
            }
        }
        updated.ok_or_else(not_found)
    }
}
