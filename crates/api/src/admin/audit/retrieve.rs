//! `GET /admin/audit/{id}`

use vestibule_audit::{AuditField, Entry, RetrieveEntryError};

use crate::openapi::{FIELDS, describe};
use crate::request::{Path, Query, read_selection};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves an entry.
#[describe(operation("retrieve_audit_entry", "audit").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn retrieve(state: State, _: Authorized, Path(id): Path<String>, query: Query) -> Reply<One<Entry>> {
    let selection = read_selection::<AuditField>(&query)?;
    let known = id.parse().map_err(|_| RetrieveEntryError::NotFound { id })?;
    let entry = state.flows.audit().retrieve(known).await?;
    Ok(respond::one(&entry, &selection))
}
