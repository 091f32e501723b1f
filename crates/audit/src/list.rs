//! Listing entries by filter, or retrieving one by its id.

use vestibule_core::{Condition, CursorPage, DomainError, Field, Filter, FindConfig, Page};
use vestibule_database::{Error, list};

use crate::entry::TABLE;
use crate::{AuditField, AuditLog, Entry, EntryId};

/// How many entries an [`Export`] reads at once.
const EXPORT_PAGE: u64 = 100;

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

    /// Lists the entries that match, and counts all matches regardless of `skip` and `take`. No entry is ever deleted,
    /// so `with_deleted` has no effect.
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

    /// Reads every entry up to now that matches, in the order of their ids, a page at a time.
    pub fn export(&self, filter: Filter<AuditField>) -> Export {
        let until = AuditField::CreatedAt.is(Condition::Lte(self.environment.now().into()));
        Export { log: self.clone(), filter: filter.and(until), last: None, ended: false }
    }
}

/// A reader of all entries that match, however many, from [`AuditLog::export`].
///
/// Each page is a read of its own, so that a slow reader holds neither a connection nor memory.
#[derive(Debug)]
pub struct Export {
    log: AuditLog,
    filter: Filter<AuditField>,
    last: Option<EntryId>,
    ended: bool,
}

impl Export {
    /// The next entries, 100 at most; none when there are no more.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. Called again afterwards, it continues.
    pub async fn next_page(&mut self) -> Result<Vec<Entry>, Error> {
        if self.ended {
            return Ok(Vec::new());
        }
        let filter = match self.last {
            Some(last) => self.filter.clone().and(AuditField::Id.is(Condition::Gt(last.into()))),
            None => self.filter.clone(),
        };
        let find = FindConfig::default().page(0, EXPORT_PAGE).with_deleted();
        let entries: Vec<Entry> = list::list(&self.log.database, TABLE, &filter, &find).await?;
        self.last = entries.last().map(|entry| entry.id).or(self.last);
        self.ended = (entries.len() as u64) < EXPORT_PAGE;
        Ok(entries)
    }
}
