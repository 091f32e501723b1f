//! `GET /admin/audit/{id}`

use axum::response::Response;
use vestibule_audit::{AuditField, RetrieveEntryError};

use crate::request::{Path, Query, read_selection};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves an entry.
#[utoipa::path(
    get, path = "/admin/audit/{id}", operation_id = "retrieve_audit_entry", tag = "audit", params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneAuditEntry), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let selection = read_selection::<AuditField>(&query)?;
    let known = id.parse().map_err(|_| RetrieveEntryError::NotFound { id })?;
    let entry = state.flows.audit().retrieve(known).await?;
    Ok(respond::one("audit_entry", &entry, &selection))
}
