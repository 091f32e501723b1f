//! Listing users by filter.

use vestibule_core::{CursorPage, Filter, FindConfig, Page};
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

    /// Lists the users that match, with what leads to the next page.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_users(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<CursorPage<User>, Error> {
        list::list_page(&self.database, TABLE, filter, find).await
    }

    /// The same for the users' ids.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_user_ids(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<CursorPage<String>, Error> {
        list::list_page_of_ids(&self.database, TABLE, filter, find).await
    }

    /// Explains how the database finds these users: the lines of its plan, in its own words.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain_list_of_users(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<Vec<String>, Error> {
        list::explain(&self.database, TABLE, filter, find).await
    }
}
