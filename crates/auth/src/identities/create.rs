//! Creating identities directly: by an import, or by a program with its own authentication.

use serde_json::{Map, Value as Json};
use std::fmt;
use vestibule_core::{DomainError, EmailAddress, Metadata, OneOrMany};
use vestibule_database::{Error, Transaction, in_kind, transaction, values};

use super::{
    AuthIdentity, AuthIdentityId, ProviderIdentity, ProviderIdentityId, actor_type_of, find, provider_columns,
};
use crate::AuthModule;

/// An identity to be created.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateAuthIdentity {
    /// The id, if the caller has one already, from an import for example. A new one otherwise.
    pub id: Option<AuthIdentityId>,
    /// The provider identities.
    pub provider_identities: Vec<CreateProviderIdentity>,
    /// The owners: a text under a key that ends in `_id` claims it for that actor, as in the reference. The rest, and
    /// an empty text, is stored as it is.
    pub app_metadata: Map<String, Json>,
}

/// A provider identity to be created. Printed without the provider metadata.
#[derive(Clone, PartialEq)]
pub struct CreateProviderIdentity {
    /// The id, if the caller has one already. A new one otherwise.
    pub id: Option<ProviderIdentityId>,
    /// The provider.
    pub provider: String,
    /// The entity id. Compared in the canonical form of an e-mail address if it is one.
    pub entity_id: String,
    /// The provider's public data about the user, for programs.
    pub user_metadata: Option<Metadata>,
    /// The provider's private data: with `emailpass`, the hash under `password`, in PHC form or the reference's.
    pub provider_metadata: Map<String, Json>,
}

impl CreateProviderIdentity {
    /// A provider identity without provider metadata.
    pub fn new(provider: impl Into<String>, entity_id: impl Into<String>) -> Self {
        Self {
            id: None,
            provider: provider.into(),
            entity_id: entity_id.into(),
            user_metadata: None,
            provider_metadata: Map::new(),
        }
    }
}

impl fmt::Debug for CreateProviderIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateProviderIdentity")
            .field("provider", &self.provider)
            .field("entity_id", &self.entity_id)
            .finish_non_exhaustive()
    }
}

/// Why identities could not be created. None of them was.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum CreateIdentitiesError {
    /// There is one of the same provider and entity id.
    #[error("Provider identity with entity_id: {entity_id}, provider: {provider}, already exists.")]
    #[kind(InvalidData, code = "identity_exists")]
    EntityTaken {
        /// The provider.
        provider: String,
        /// The entity id.
        entity_id: String,
    },
    /// The given id is taken.
    #[error("An identity with id: {0}, already exists.")]
    #[kind(InvalidData, code = "identity_exists")]
    IdTaken(String),
    /// The identity of a provider identity does not exist.
    #[error("AuthIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    NotFound(AuthIdentityId),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Creates one identity or many, all or none. Those without an owner expire.
    ///
    /// # Errors
    ///
    /// [`CreateIdentitiesError`].
    pub async fn create_auth_identities<I: OneOrMany<CreateAuthIdentity>>(
        &self,
        identities: I,
    ) -> Result<I::Output<AuthIdentity>, CreateIdentitiesError> {
        let identities = identities.into_list();
        let created: Result<_, CreateIdentitiesError> = transaction!(self.database, |transaction| {
            let mut created = Vec::with_capacity(identities.len());
            for identity in &identities {
                created.push(self.create_auth_identity_within(transaction, identity).await?);
            }
            Ok(created)
        });
        Ok(in_kind::<I, _, _>(created?)?)
    }

    /// Creates an identity within a transaction.
    ///
    /// # Errors
    ///
    /// [`CreateIdentitiesError`]; the transaction must then be rolled back.
    pub async fn create_auth_identity_within(
        &self,
        transaction: &mut Transaction,
        identity: &CreateAuthIdentity,
    ) -> Result<AuthIdentity, CreateIdentitiesError> {
        let (id, now) = (identity.id.unwrap_or_else(|| self.environment.id()), self.environment.now());
        let (actors, app_metadata) = split(&identity.app_metadata);
        let expires_at = actors.is_empty().then(|| now + self.options.unclaimed_lifetime);
        let text = "INSERT INTO auth_identities (id, app_metadata, expires_at, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, $4)";
        let values = values![id, Json::Object(app_metadata), expires_at, now];
        transaction.execute(text, values).await.map_err(|error| match error {
            Error::Unique { .. } => CreateIdentitiesError::IdTaken(id.to_string()),
            error => error.into(),
        })?;
        for (actor_type, actor_id) in &actors {
            let text = "INSERT INTO auth_identity_actors (auth_identity_id, actor_type, actor_id) VALUES ($1, $2, $3)";
            transaction.execute_pipelined(text, values![id, actor_type.as_str(), actor_id.as_str()]).await?;
        }
        if !actors.is_empty() {
            self.lock_names_within(transaction, names(&identity.provider_identities)).await?;
        }
        for part in &identity.provider_identities {
            self.create_provider_identity_within(transaction, id, part, !actors.is_empty()).await?;
        }
        if !actors.is_empty() {
            self.drop_rivals_within(transaction, id).await?;
        }
        let created = find(transaction, id).await?;
        created.ok_or(CreateIdentitiesError::NotFound(id))
    }

    /// Adds a provider identity to an identity.
    ///
    /// # Errors
    ///
    /// [`CreateIdentitiesError`].
    pub async fn create_provider_identities<I: OneOrMany<CreateProviderIdentity>>(
        &self,
        auth_identity_id: AuthIdentityId,
        parts: I,
    ) -> Result<I::Output<ProviderIdentity>, CreateIdentitiesError> {
        let parts = parts.into_list();
        let created: Result<_, CreateIdentitiesError> = transaction!(self.database, |transaction| {
            // A write, not only a read: a concurrent claim of the identity comes before or after this.
            let text = "UPDATE auth_identities SET updated_at = $2 WHERE id = $1
                        RETURNING id, app_metadata, expires_at, created_at, updated_at";
            let owner: Option<AuthIdentity> =
                transaction.query_optional(text, values![auth_identity_id, self.environment.now()]).await?;
            let owner = owner.ok_or(CreateIdentitiesError::NotFound(auth_identity_id))?;
            if owner.is_claimed() {
                self.lock_names_within(transaction, names(&parts)).await?;
            }
            let mut created = Vec::with_capacity(parts.len());
            for part in &parts {
                let claimed = owner.is_claimed();
                created.extend(self.create_provider_identity_within(transaction, owner.id, part, claimed).await?);
            }
            if owner.is_claimed() {
                self.drop_rivals_within(transaction, owner.id).await?;
            }
            Ok(created)
        });
        Ok(in_kind::<I, _, _>(created?)?)
    }

    async fn create_provider_identity_within(
        &self,
        transaction: &mut Transaction,
        auth_identity_id: AuthIdentityId,
        part: &CreateProviderIdentity,
        claimed: bool,
    ) -> Result<Option<ProviderIdentity>, CreateIdentitiesError> {
        let id = part.id.unwrap_or_else(|| self.environment.id());
        let text = concat!(
            "INSERT INTO provider_identities (id, auth_identity_id, provider, entity_id, entity_canonical,
                 registration_key, claimed, user_metadata, provider_metadata, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $1, $6, $7, $8, $9, $9) RETURNING ",
            provider_columns!()
        );
        let values = values![
            id,
            auth_identity_id,
            part.provider.as_str(),
            part.entity_id.as_str(),
            EmailAddress::canonical_or_text(&part.entity_id),
            claimed,
            &part.user_metadata,
            Json::Object(part.provider_metadata.clone()),
            self.environment.now(),
        ];
        transaction.query_optional(text, values).await.map_err(|error| match error {
            error if error.is_unique("provider_identities_id") => CreateIdentitiesError::IdTaken(id.to_string()),
            Error::Unique { .. } => CreateIdentitiesError::EntityTaken {
                provider: part.provider.clone(),
                entity_id: part.entity_id.clone(),
            },
            Error::ForeignKey(_) => CreateIdentitiesError::NotFound(auth_identity_id),
            error => error.into(),
        })
    }
}

/// Providers and entity ids, in the form in which they are compared.
fn names(parts: &[CreateProviderIdentity]) -> Vec<(String, String)> {
    parts.iter().map(|part| (part.provider.clone(), EmailAddress::canonical_or_text(&part.entity_id))).collect()
}

type Actors = Vec<(String, String)>;

/// The owners in the app metadata, and the rest of it.
fn split(app_metadata: &Map<String, Json>) -> (Actors, Map<String, Json>) {
    let mut actors = Vec::new();
    let mut rest = Map::new();
    for (key, value) in app_metadata {
        match (actor_type_of(key), value) {
            (Some(actor_type), Json::String(actor_id)) if !actor_id.is_empty() => {
                actors.push((actor_type.to_owned(), actor_id.clone()));
            }
            _ => {
                rest.insert(key.clone(), value.clone());
            }
        }
    }
    (actors, rest)
}
