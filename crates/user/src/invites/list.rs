//! Listing invites by filter.

use vestibule_core::{CursorPage, Filter, FindConfig, Page};
use vestibule_database::list::Counted;
use vestibule_database::{Error, list};

use super::{Invite, InviteField, InviteRow, TABLE};
use crate::{UserModule, counts};

impl UserModule {
    /// Lists the invites that match, in any state; see [`InviteState::filter`](super::InviteState::filter).
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
    ) -> Result<Vec<Invite>, Error> {
        let rows: Vec<InviteRow> = list::list(&self.database, TABLE, filter, find).await?;
        Ok(rows.into_iter().map(|row| self.complete(row)).collect())
    }

    /// Lists the invites that match, and counts all matches regardless of `skip` and `take`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
    ) -> Result<Page<Invite>, Error> {
        let (rows, count): Page<InviteRow> =
            list::list_and_count(&self.database, counted(filter, find), filter, find).await?;
        Ok((rows.into_iter().map(|row| self.complete(row)).collect(), count))
    }

    /// Lists the invites that match, with what leads to the next page.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
    ) -> Result<CursorPage<Invite>, Error> {
        let page: CursorPage<InviteRow> = list::list_page(&self.database, counted(filter, find), filter, find).await?;
        Ok(page.map(|row| self.complete(row)))
    }

    /// The same for the invites' ids.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page_of_invite_ids(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
    ) -> Result<CursorPage<String>, Error> {
        list::list_page_of_ids(&self.database, counted(filter, find), filter, find).await
    }

    /// Explains how the database counts these invites where their count is kept: the lines of its plan, in its own words.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain_count_of_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
    ) -> Result<Vec<String>, Error> {
        list::explain_count(&self.database, &counted(filter, find)).await
    }

    /// Explains how the database finds these invites: the lines of its plan, in its own words.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain_list_of_invites(
        &self,
        filter: &Filter<InviteField>,
        find: &FindConfig<InviteField>,
    ) -> Result<Vec<String>, Error> {
        list::explain(&self.database, TABLE, filter, find).await
    }
}

/// The table, with the count that is kept of these invites.
fn counted(filter: &Filter<InviteField>, find: &FindConfig<InviteField>) -> Counted {
    TABLE.with_count(counts::of_invites(filter, find.with_deleted))
}
