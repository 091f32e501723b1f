//! Updating the metadata of identities, which includes their owners.

use serde_json::{Map, Value as Json};
use vestibule_core::{DomainError, InvalidMetadata, Metadata, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::claim::LOCK;
use super::{AuthIdentity, AuthIdentityId, ClaimError, actor_type_of, find};
use crate::AuthModule;

/// A change of an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateAuthIdentity {
    /// The identity.
    pub id: AuthIdentityId,
    /// Merged into the app metadata key by key, as the reference does; other keys stay as they are.
    ///
    /// A text under a key that ends in `_id` ties the identity to that actor: `user_id` to a user. `null`, or an empty
    /// text, unties it.
    pub app_metadata: Map<String, Json>,
}

/// Why identities could not be updated. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UpdateIdentitiesError {
    /// There is no identity of this id.
    #[error("AuthIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// There is no provider identity of this id.
    #[error("ProviderIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    PartNotFound(String),
    /// The identity cannot be tied to this actor.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// Another identity has the new entity id.
    #[error("Provider identity with entity_id: {entity_id}, provider: {provider}, already exists.")]
    #[kind(InvalidData, code = "identity_exists")]
    EntityTaken {
        /// The provider.
        provider: String,
        /// The entity id.
        entity_id: String,
    },
    /// The new entity id is empty, or has a control character.
    #[error("entity_id is the provider's name for the identity: a text without control characters")]
    #[kind(InvalidData)]
    InvalidEntity,
    /// The metadata is invalid.
    #[error(transparent)]
    #[kind(InvalidData)]
    Metadata(#[from] InvalidMetadata),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Updates one identity or many, all or none.
    ///
    /// Tying an identity to an actor follows the rules of [`AuthModule::claim_identity_within`]: the identity must have
    /// no other actor of the type (untie it first), its names must be no one else's, and rival registrations under
    /// them are deleted. Untying ends the actor's sessions by the identity; without an actor left, it expires.
    ///
    /// ```
    /// # async fn example(
    /// #     auth: vestibule_auth::AuthModule, identity: vestibule_auth::AuthIdentity,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// use vestibule_auth::identities::UpdateAuthIdentity;
    ///
    /// let app_metadata = [("user_id".to_owned(), "user_01JABCDEFGHJKMNPQRSTVWXYZ0".into())].into_iter().collect();
    /// let identity = auth.update_auth_identities(UpdateAuthIdentity { id: identity.id, app_metadata }).await?;
    /// assert_eq!(identity.actor("user"), Some("user_01JABCDEFGHJKMNPQRSTVWXYZ0"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`UpdateIdentitiesError`].
    pub async fn update_auth_identities<I: OneOrMany<UpdateAuthIdentity>>(
        &self,
        updates: I,
    ) -> Result<I::Output<AuthIdentity>, UpdateIdentitiesError> {
        let updates = updates.into_list();
        let updated: Result<_, UpdateIdentitiesError> =
            transaction!(self.database, |transaction| self.update_auth_identities_within(transaction, &updates).await);
        Ok(in_kind::<I, _, _>(updated?)?)
    }

    /// Updates identities within a transaction.
    ///
    /// # Errors
    ///
    /// [`UpdateIdentitiesError`]; the transaction must then be rolled back.
    pub async fn update_auth_identities_within(
        &self,
        transaction: &mut Transaction,
        updates: &[UpdateAuthIdentity],
    ) -> Result<Vec<AuthIdentity>, UpdateIdentitiesError> {
        let mut updated = Vec::with_capacity(updates.len());
        for update in updates {
            updated.push(self.update_auth_identity(transaction, update).await?);
        }
        Ok(updated)
    }

    async fn update_auth_identity(
        &self,
        transaction: &mut Transaction,
        update: &UpdateAuthIdentity,
    ) -> Result<AuthIdentity, UpdateIdentitiesError> {
        Metadata::new(update.app_metadata.clone())?;
        let not_found = || UpdateIdentitiesError::NotFound(update.id.to_string());
        let present = find(&mut *transaction, update.id).await?.ok_or_else(not_found)?;
        // Claimed before the identity is locked, as everywhere: claims wait for one another at the names.
        for (actor_type, actor_id) in update.app_metadata.iter().filter_map(|(key, value)| actor(key, value)) {
            match present.actor(actor_type) {
                Some(owner) if owner == actor_id => {}
                _ => self.claim_identity_within(transaction, update.id, actor_type, actor_id).await?,
            }
        }
        transaction.query_optional::<()>(&LOCK, values![update.id]).await?;
        let present = find(&mut *transaction, update.id).await?.ok_or_else(not_found)?;
        let mut metadata = present.app_metadata.clone();
        for (key, value) in &update.app_metadata {
            if actor(key, value).is_none()
                && let Some(actor_type) = actor_type_of(key)
                && present.actor(actor_type).is_some()
            {
                self.release_identity_within(transaction, update.id, actor_type).await?;
            }
        }
        merge(&mut metadata, &update.app_metadata);
        // Owners are stored in their own rows, and a removed owner leaves nothing behind.
        metadata.retain(|key, value| actor(key, value).is_none() && !(actor_type_of(key).is_some() && is_empty(value)));
        let metadata: Map<_, _> = Metadata::new(metadata)?.into();
        let text = "UPDATE auth_identities SET app_metadata = $2, updated_at = $3 WHERE id = $1";
        transaction.execute_pipelined(text, values![update.id, Json::Object(metadata), self.environment.now()]).await?;
        find(transaction, update.id).await?.ok_or_else(not_found)
    }
}

/// The actor that a key of the app metadata names.
fn actor<'a>(key: &'a str, value: &'a Json) -> Option<(&'a str, &'a str)> {
    let actor_id = value.as_str().filter(|actor_id| !actor_id.is_empty())?;
    Some((actor_type_of(key)?, actor_id))
}

fn is_empty(value: &Json) -> bool {
    value.is_null() || *value == ""
}

/// Merges an object into another, key by key, also within objects.
pub(super) fn merge(present: &mut Map<String, Json>, over: &Map<String, Json>) {
    for (key, value) in over {
        match (present.get_mut(key), value) {
            (Some(Json::Object(present)), Json::Object(over)) => merge(present, over),
            _ => {
                present.insert(key.clone(), value.clone());
            }
        }
    }
}
