//! Listing entries by filter, or retrieving one by its id.

use vestibule_core::{CursorPage, DomainError, Field, Filter, FindConfig, Page};
use vestibule_database::{Error, list};

use crate::entry::TABLE;
use crate::{AuditField, AuditLog, Entry, EntryId};

/// Why an entry was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveEntryError {
    /// There is none.
    #[error("Audit entry with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuditLog {
    /// Retrieves the entry of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveEntryError`].
    pub async fn retrieve(&self, id: EntryId) -> Result<Entry, RetrieveEntryError> {
        let find = FindConfig::default().page(0, 1).with_deleted();
        let found: Vec<Entry> = list::list(&self.database, TABLE, &AuditField::Id.eq(id), &find).await?;
        found.into_iter().next().ok_or_else(|| RetrieveEntryError::NotFound { id: id.to_string() })
    }

    /// Lists the entries that match, and counts all matches regardless of `skip` and `take`. No entry is marked as
    /// deleted, so `with_deleted` has no effect.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count(
        &self,
        filter: &Filter<AuditField>,
        find: &FindConfig<AuditField>,
    ) -> Result<Page<Entry>, Error> {
        list::list_and_count(&self.database, TABLE, filter, &find.clone().with_deleted()).await
    }

    /// Lists the entries that match, with what leads to the next page.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page(
        &self,
        filter: &Filter<AuditField>,
        find: &FindConfig<AuditField>,
    ) -> Result<CursorPage<Entry>, Error> {
        list::list_page(&self.database, TABLE, filter, &find.clone().with_deleted()).await
    }

    /// Explains how the database finds these entries: the lines of its plan, in its own words. For tests.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain(
        &self,
        filter: &Filter<AuditField>,
        find: &FindConfig<AuditField>,
    ) -> Result<Vec<String>, Error> {
        list::explain(&self.database, TABLE, filter, &find.clone().with_deleted()).await
    }
}
