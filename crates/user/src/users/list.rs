//! Listing users by filter.

use vestibule_core::{CursorPage, Filter, FindConfig, Page};
use vestibule_database::list::Counted;
use vestibule_database::{Connection, Error, list};

use super::{TABLE, User, UserField};
use crate::{UserModule, counts};

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
        list::list_and_count(connection, counted(filter, find), filter, find).await
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
        list::list_page(&self.database, counted(filter, find), filter, find).await
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
        list::list_page_of_ids(&self.database, counted(filter, find), filter, find).await
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

    /// Counts the users in these states, without reading them; `None` while that is not known, see
    /// [`Database::fill_counts`](vestibule_database::Database::fill_counts).
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_count_of_users(&self, filter: &Filter<UserField>) -> Result<Option<u64>, Error> {
        match counts::of_users(filter, false) {
            None => Ok(None),
            Some(kept) => self.database.query_scalar_optional(kept.statement, &kept.values).await,
        }
    }

    /// Explains how the database counts these users where their count is kept: the lines of its plan, in its own words.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain_count_of_users(
        &self,
        filter: &Filter<UserField>,
        find: &FindConfig<UserField>,
    ) -> Result<Vec<String>, Error> {
        list::explain_count(&self.database, &counted(filter, find)).await
    }
}

/// The table, with the count that is kept of these users.
fn counted(filter: &Filter<UserField>, find: &FindConfig<UserField>) -> Counted {
    TABLE.with_count(counts::of_users(filter, find.with_deleted))
}
