//! Listing API keys by filter.

use vestibule_core::{CursorPage, Filter, FindConfig, Page};
use vestibule_database::{Connection, Error, list, values};

use super::{ApiKey, ApiKeyField, TABLE, columns};
use crate::AuthModule;

impl AuthModule {
    /// Lists the keys that match, also expired and revoked ones, and counts all matches regardless of `skip` and
    /// `take`.
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

    /// Lists the keys that match, with what leads to the pages beside it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_api_keys(
        &self,
        filter: &Filter<ApiKeyField>,
        find: &FindConfig<ApiKeyField>,
    ) -> Result<CursorPage<ApiKey>, Error> {
        list::list_page(&self.database, TABLE, filter, find).await
    }

    /// Lists the usable secret keys that an actor, or one of the actor's keys, has created, oldest first.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_usable_api_keys_of(
        &self,
        connection: impl Into<Connection<'_>>,
        maker: &str,
    ) -> Result<Vec<ApiKey>, Error> {
        let text = concat!(
            "WITH RECURSIVE made (id) AS (
                 SELECT id FROM auth_api_keys WHERE created_by = $1
                 UNION SELECT by_key.id FROM auth_api_keys by_key JOIN made ON by_key.created_by = made.id
             )
             SELECT ",
            columns!(),
            " FROM auth_api_keys WHERE id IN (SELECT id FROM made) AND type IN ('secret', 'scim') AND deleted_at IS NULL
                 AND (revoked_at IS NULL OR revoked_at > $2) AND (expires_at IS NULL OR expires_at > $2)
             ORDER BY id"
        );
        connection.into().query(text, values![maker, self.environment.now()]).await
    }
}
