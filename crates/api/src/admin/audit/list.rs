//! `GET /admin/audit`

use vestibule_audit::{AuditField, Entry};
use vestibule_core::Direction;

use super::{FILTERS, LISTING};
use crate::openapi::{BY_CURSOR, FIELDS, SORTED, describe};
use crate::request::{FindRequest, Query, Rows};
use crate::respond::{self, Many, Numbers, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists what was done, by whom, to what, from where; newest first by default.
#[describe(operation("list_audit_entries", "audit").query(FILTERS).query(SORTED).query(BY_CURSOR).query(&[FIELDS]))]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Reply<Many<Entry>> {
    let FindRequest { filter, find, selection, limit, offset, has_next } =
        LISTING.read_by_cursor(&query, &[(AuditField::Id, Direction::Descending)])?;
    let page = state.flows.audit().list_page(&filter, &find).await?;
    Ok(respond::page(&page.rows, &selection, Numbers::of(&page, &find.order, Rows { limit, offset }, has_next)))
}
