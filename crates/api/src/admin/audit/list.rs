//! `GET /admin/audit`

use vestibule_audit::{AuditField, Entry};
use vestibule_core::Direction;

use super::{FILTERS, LISTING};
use crate::openapi::{FIELDS, SORTED, describe};
use crate::request::{FindRequest, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists what was done, by whom, to what, from where; newest first by default.
#[describe(operation("list_audit_entries", "audit").query(FILTERS).query(SORTED).query(&[FIELDS]))]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Reply<Many<Entry>> {
    let FindRequest { filter, mut find, selection, limit, offset } = LISTING.read(&query)?;
    if find.order.is_empty() {
        find = find.order_by(AuditField::Id, Direction::Descending);
    }
    let (entries, count) = state.flows.audit().list_and_count(&filter, &find).await?;
    Ok(respond::page(&entries, &selection, (count, offset, limit)))
}
