//! `GET /admin/audit/export`

use std::sync::Arc;

use serde::{Serialize, Serializer};
use vestibule_audit::{AuditField, Entry};
use vestibule_core::{Field, Selection};
use vestibule_database::Error;
use vestibule_flows::{AuditExport, Batches};

use super::{FILTERS, LISTING};
use crate::openapi::{FIELDS, FORMAT, describe};
use crate::request::Query;
use crate::respond::{Exported, Reply, Selected, Sent};
use vestibule_web::caller::Authorized;
use vestibule_web::{ExportReader, State};

/// Exports every entry that matches, oldest first. A response without its final chunk is incomplete.
#[describe(operation("export_audit_entries", "audit").query(FILTERS).query(&[FORMAT, FIELDS]))]
pub(crate) async fn export(state: State, _: Authorized, reader: ExportReader, query: Query) -> Reply<Exported<Entry>> {
    let (filter, format, selection) = LISTING.read_export(&query, |parameters| parameters.selection::<AuditField>())?;
    let columns = AuditField::ALL.iter().copied().filter(|field| selection.shows(*field));
    let entries = AuditExport::new(state.flows.clone(), filter, AuditField::Id).with_columns(columns);
    let entries = SelectedEntries { entries, selection: Arc::new(selection) };
    Ok(Sent::new(vestibule_web::export("audit", format, entries, reader).await?))
}

/// The entries, with the selected fields only.
struct SelectedEntries {
    entries: AuditExport,
    selection: Arc<Selection<AuditField>>,
}

struct SelectedEntry {
    entry: Entry,
    selection: Arc<Selection<AuditField>>,
}

impl Serialize for SelectedEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Selected { thing: &self.entry, selection: &*self.selection }.serialize(serializer)
    }
}

impl Batches for SelectedEntries {
    type Row = SelectedEntry;

    fn columns(&self) -> &[&'static str] {
        self.entries.columns()
    }

    async fn next_batch(&mut self) -> Result<Vec<SelectedEntry>, Error> {
        let entries = self.entries.next_batch().await?;
        let with_selection = |entry| SelectedEntry { entry, selection: Arc::clone(&self.selection) };
        Ok(entries.into_iter().map(with_selection).collect())
    }
}
