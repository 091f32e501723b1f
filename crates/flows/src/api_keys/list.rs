//! Finding keys with their roles.

use vestibule_auth::api_keys::{ApiKey, ApiKeyField, ApiKeyId, RetrieveApiKeyError};
use vestibule_core::{CursorPage, Filter, FindConfig, Page};
use vestibule_database::{Connection, Error};

use super::WithRoles;
use crate::Flows;

impl Flows {
    /// Lists the keys that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_api_keys(
        &self,
        filter: &Filter<ApiKeyField>,
        find: &FindConfig<ApiKeyField>,
    ) -> Result<Page<WithRoles<ApiKey>>, Error> {
        let (keys, count) = self.auth.list_and_count_api_keys(filter, find).await?;
        Ok((self.with_roles(&self.database, keys).await?, count))
    }

    /// Lists the keys that match with their roles, with what leads to the pages beside it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_api_keys(
        &self,
        filter: &Filter<ApiKeyField>,
        find: &FindConfig<ApiKeyField>,
    ) -> Result<CursorPage<WithRoles<ApiKey>>, Error> {
        let mut page = self.auth.list_page_of_api_keys(filter, find).await?;
        let keys = self.with_roles(&self.database, std::mem::take(&mut page.rows)).await?;
        Ok(page.with_rows(keys))
    }

    /// Retrieves the key of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveApiKeyError`].
    pub async fn retrieve_api_key(&self, id: ApiKeyId) -> Result<WithRoles<ApiKey>, RetrieveApiKeyError> {
        let key = self.auth.retrieve_api_key(id).await?;
        let roles = self.rbac.role_ids_of(&self.database, &id.to_string()).await?;
        Ok(WithRoles { key, roles })
    }

    /// The roles of many keys, in one query.
    async fn with_roles(
        &self,
        connection: impl Into<Connection<'_>>,
        keys: Vec<ApiKey>,
    ) -> Result<Vec<WithRoles<ApiKey>>, Error> {
        let ids: Vec<String> = keys.iter().map(|key| key.id.to_string()).collect();
        let mut roles = self.rbac.roles_of_each(connection, &ids).await?;
        let with_roles = |key: ApiKey| {
            let roles = roles.remove(&key.id.to_string()).unwrap_or_default();
            WithRoles { key, roles: roles.into_iter().map(|role| role.id).collect() }
        };
        Ok(keys.into_iter().map(with_roles).collect())
    }
}
