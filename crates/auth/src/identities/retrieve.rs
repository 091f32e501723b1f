//! Finding identities.

use std::time::Duration;

use vestibule_core::{DomainError, EmailAddress, ErrorKind};
use vestibule_database::{Connection, Error, Value, values};

use super::{AuthIdentity, AuthIdentityId, Owner, ProviderIdentity, ProviderIdentityId, find, provider_columns};
use crate::AuthModule;

/// Why an identity could not be found.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveIdentityError {
    /// There is none, or none any more.
    #[error("AuthIdentity with id: {0} was not found")]
    NotFound(String),
    /// There is no such part of one.
    #[error("ProviderIdentity with id: {0} was not found")]
    PartNotFound(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RetrieveIdentityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) | Self::PartNotFound(_) => ErrorKind::NotFound,
            Self::Database(error) => error.kind(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Database(error) => error.retry_after(),
            _ => None,
        }
    }
}

/// Which identities are meant.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthIdentityFilter {
    /// All of them, in the order of their creation.
    Everything,
    /// Those that belong to an actor.
    Actor {
        /// `user`, ….
        actor_type: String,
        /// The actor's id.
        actor_id: String,
    },
    /// Those that a provider has this name for.
    Entity {
        /// The provider.
        provider: String,
        /// Its name for the identity.
        entity_id: String,
    },
}

impl AuthModule {
    /// Finds the identity of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn retrieve_auth_identity(&self, id: AuthIdentityId) -> Result<AuthIdentity, RetrieveIdentityError> {
        self.retrieve_auth_identity_within(&self.database, id).await
    }

    /// Finds an identity within a transaction.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn retrieve_auth_identity_within(
        &self,
        connection: impl Into<Connection<'_>>,
        id: AuthIdentityId,
    ) -> Result<AuthIdentity, RetrieveIdentityError> {
        find(connection, id).await?.ok_or_else(|| RetrieveIdentityError::NotFound(id.to_string()))
    }

    /// Finds the identities that match, in the order of their creation.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_identities(
        &self,
        filter: &AuthIdentityFilter,
        skip: u32,
        take: u32,
    ) -> Result<Vec<AuthIdentity>, Error> {
        let (conditions, mut values) = match filter {
            AuthIdentityFilter::Everything => ("SELECT id AS auth_identity_id FROM auth_identities", Vec::new()),
            AuthIdentityFilter::Actor { actor_type, actor_id } => (
                "SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $3 AND actor_id = $4",
                vec![Value::from(actor_type), Value::from(actor_id)],
            ),
            AuthIdentityFilter::Entity { provider, entity_id } => (
                "SELECT DISTINCT auth_identity_id FROM provider_identities WHERE provider = $3 AND entity_canonical = $4",
                vec![Value::from(provider), Value::from(EmailAddress::canonical_or_text(entity_id))],
            ),
        };
        values.splice(0..0, [Value::from(take), Value::from(skip)]);
        let text = format!("{conditions} ORDER BY 1 LIMIT $1 OFFSET $2");
        let mut found = Vec::new();
        for Owner(id) in self.database.query::<Owner>(text, &values).await? {
            found.extend(find(&self.database, id).await?);
        }
        Ok(found)
    }

    /// The providers by which an actor can sign in.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_providers_of(&self, actor_type: &str, actor_id: &str) -> Result<Vec<String>, Error> {
        let text = concat!(
            "SELECT ",
            provider_columns!(),
            " FROM provider_identities WHERE auth_identity_id IN (
                SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2) ORDER BY id"
        );
        let parts: Vec<ProviderIdentity> = self.database.query(text, values![actor_type, actor_id]).await?;
        let mut providers: Vec<String> = Vec::new();
        for part in parts {
            if !providers.contains(&part.provider) {
                providers.push(part.provider);
            }
        }
        Ok(providers)
    }

    /// Finds the provider identity of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn retrieve_provider_identity(
        &self,
        id: ProviderIdentityId,
    ) -> Result<ProviderIdentity, RetrieveIdentityError> {
        let text = concat!("SELECT ", provider_columns!(), " FROM provider_identities WHERE id = $1");
        let found = self.database.query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveIdentityError::PartNotFound(id.to_string()))
    }

    /// Finds the parts of an identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_provider_identities(&self, owner: AuthIdentityId) -> Result<Vec<ProviderIdentity>, Error> {
        let text = concat!(
            "SELECT ",
            provider_columns!(),
            " FROM provider_identities WHERE auth_identity_id = $1 ORDER BY id"
        );
        self.database.query(text, values![owner]).await
    }
}
