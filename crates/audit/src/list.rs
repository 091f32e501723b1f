//! Listing entries by filter, or retrieving one by its id.

use vestibule_core::id::Id;
use vestibule_core::{Condition, Count, Counting, CursorPage, DomainError, Field, Filter, FindConfig, Page, Timestamp};
use vestibule_database::{Error, list};

use crate::entry::TABLE;
use crate::{Action, AuditField, AuditLog, Entry, EntryId};

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

    /// Counts the entries of an action from one moment to another, up to
    /// [`MOST_COUNTED`](vestibule_core::MOST_COUNTED): by the index of the actions, whose ids are in the order of time.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count_between(&self, action: Action, from: Timestamp, until: Timestamp) -> Result<u64, Error> {
        let id = |moment| EntryId::first_at(moment);
        let filter = AuditField::Action
            .eq(action.as_str())
            .and(AuditField::Id.is(Condition::Gte(id(from).into())))
            .and(AuditField::Id.is(Condition::Lt(id(until).into())));
        let find = FindConfig { counting: Counting::Estimated, ..FindConfig::default().page(0, 0) };
        let count = self.list_page(&filter, &find).await?.count;
        Ok(count.map_or(0, |count| match count {
            Count::Exactly(count) | Count::MoreThan(count) => count,
        }))
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
