//! Finding keys by filter.

use vestibule_core::{Filter, FindConfig, Page};
use vestibule_database::{Connection, Error, list};

use super::{ApiKey, ApiKeyField, TABLE};
use crate::AuthModule;

impl AuthModule {
    /// Finds the keys that match, also those that open nothing any more, and counts all that would without skip and take.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_api_keys(
        &self,
        filter: &Filter<ApiKeyField>,
        find: &FindConfig<ApiKeyField>,
    ) -> Result<Page<ApiKey>, Error> {
        self.list_and_count_api_keys_within(&self.database, filter, find).await
    }

    /// The same within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_api_keys_within(
        &self,
        connection: impl Into<Connection<'_>>,
        filter: &Filter<ApiKeyField>,
        find: &FindConfig<ApiKeyField>,
    ) -> Result<Page<ApiKey>, Error> {
        list::list_and_count(connection, TABLE, filter, find).await
    }
}
