//! Listing users by filter.

use vestibule_core::{Filter, FindConfig, Page};
use vestibule_database::{Connection, Error, list};

use super::{TABLE, User, UserField};
use crate::UserModule;

impl UserModule {
    /// Lists the users that match.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_users(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<Vec<User>, Error> {
        list::list(&self.database, TABLE, filter, find).await
    }

    /// Lists the users that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_users(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<Page<User>, Error> {
        self.list_and_count_users_within(&self.database, filter, find).await
    }

    /// Lists the ids of the users that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_user_ids(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<Page<String>, Error> {
        list::list_and_count_ids(&self.database, TABLE, filter, find).await
    }

    /// The same within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_users_within(
        &self,
        connection: impl Into<Connection<'_>>,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<Page<User>, Error> {
        list::list_and_count(connection, TABLE, filter, find).await
    }
}
