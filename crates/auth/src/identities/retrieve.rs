//! Retrieving and listing identities.

use vestibule_core::{DomainError, Filter, FindConfig, Page};
use vestibule_database::{Connection, Error, list, values};

use super::filter::{IDENTITIES, PROVIDER_IDENTITIES};
use super::{
    AuthIdentity, AuthIdentityField, AuthIdentityFilter, AuthIdentityId, ProviderIdentity, ProviderIdentityField,
    ProviderIdentityFilter, ProviderIdentityId, complete, find, provider_columns,
};
use crate::AuthModule;

/// Why an identity was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveIdentityError {
    /// There is none, or no longer.
    #[error("AuthIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    NotFound(String),
    /// There is no such provider identity.
    #[error("ProviderIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    PartNotFound(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Retrieves the identity of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveIdentityError`].
    pub async fn retrieve_auth_identity(&self, id: AuthIdentityId) -> Result<AuthIdentity, RetrieveIdentityError> {
        self.retrieve_auth_identity_within(&self.database, id).await
    }

    /// Retrieves an identity within a transaction.
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

    /// Lists the identities that match, with their provider identities, in the order of their creation if `find` has no
    /// other.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_auth_identities(
        &self,
        filter: &AuthIdentityFilter,
        find: &FindConfig<AuthIdentityField>,
    ) -> Result<Vec<AuthIdentity>, Error> {
        let conditions = filter.conditions(self.database.engine());
        let everything = Filter::everything();
        let mut found = list::list_where(&self.database, IDENTITIES, &conditions, &everything, find).await?;
        complete((&self.database).into(), &mut found).await?;
        Ok(found)
    }

    /// Whether an actor has an identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn has_identity(
        &self,
        connection: impl Into<Connection<'_>>,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2 LIMIT 1";
        Ok(connection.into().query_optional::<()>(text, values![actor_type, actor_id]).await?.is_some())
    }

    /// Lists the identities that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_auth_identities(
        &self,
        filter: &AuthIdentityFilter,
        find: &FindConfig<AuthIdentityField>,
    ) -> Result<Page<AuthIdentity>, Error> {
        let conditions = filter.conditions(self.database.engine());
        let everything = Filter::everything();
        let (mut found, count) =
            list::list_and_count_where(&self.database, IDENTITIES, &conditions, &everything, find).await?;
        complete((&self.database).into(), &mut found).await?;
        Ok((found, count))
    }

    /// Lists the providers by which an actor can sign in.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_providers_of(&self, actor_type: &str, actor_id: &str) -> Result<Vec<String>, Error> {
        self.list_providers_of_within(&self.database, actor_type, actor_id).await
    }

    /// The same on a connection.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_providers_of_within(
        &self,
        connection: impl Into<Connection<'_>>,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<Vec<String>, Error> {
        let text = "SELECT provider FROM provider_identities WHERE auth_identity_id IN (
                        SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)
                    GROUP BY provider ORDER BY min(id)";
        connection.into().query_scalars(text, values![actor_type, actor_id]).await
    }

    /// Retrieves the provider identity of this id.
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

    /// Lists the provider identities that match, in the order of their creation if `find` has no other.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_provider_identities(
        &self,
        filter: &ProviderIdentityFilter,
        find: &FindConfig<ProviderIdentityField>,
    ) -> Result<Vec<ProviderIdentity>, Error> {
        let conditions = filter.conditions(self.database.engine());
        list::list_where(&self.database, PROVIDER_IDENTITIES, &conditions, &Filter::everything(), find).await
    }
}
