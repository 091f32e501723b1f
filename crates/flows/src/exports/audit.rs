//! The entries of the audit log.

use vestibule_audit::{AuditField, Entry};
use vestibule_core::{Condition, Direction, Field, Filter};
use vestibule_database::Error;

use super::{Batches, Place};
use crate::Flows;

/// The entries up to now that match, oldest first.
#[derive(Debug)]
pub struct AuditExport {
    flows: Flows,
    filter: Filter<AuditField>,
    place: Place<AuditField>,
    columns: Vec<&'static str>,
}

impl AuditExport {
    /// Exports the entries that match, sorted by a field that has their order and an index: the id, or the time.
    pub fn new(flows: Flows, filter: Filter<AuditField>, sorted_by: AuditField) -> Self {
        let until = AuditField::CreatedAt.is(Condition::Lte(flows.environment().now().into()));
        Self {
            flows,
            filter: filter.and(until),
            place: Place::start((sorted_by, Direction::Ascending)),
            columns: AuditField::ALL.iter().map(|field| field.name()).collect(),
        }
    }

    /// The same with these columns.
    #[must_use]
    pub fn with_columns(self, columns: impl IntoIterator<Item = AuditField>) -> Self {
        Self { columns: columns.into_iter().map(Field::name).collect(), ..self }
    }
}

impl Batches for AuditExport {
    type Row = Entry;

    fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    async fn next_batch(&mut self) -> Result<Vec<Entry>, Error> {
        let Some(find) = self.place.next() else { return Ok(Vec::new()) };
        let page = self.flows.audit().list_page(&self.filter, &find).await?;
        Ok(self.place.pass(page))
    }
}
