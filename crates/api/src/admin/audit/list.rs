//! `GET /admin/audit`

use axum::response::Response;
use vestibule_audit::AuditField;
use vestibule_core::Direction;

use super::LISTING;
use crate::request::{FindRequest, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists what was done, by whom, to what, from where; newest first by default.
#[utoipa::path(
    get, path = "/admin/audit", operation_id = "list_audit_entries", tag = "audit",
    params(schemas::AuditParameters, schemas::PageParameters, schemas::FieldsParameter),
    responses((status = 200, body = schemas::AuditEntries), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Result<Response, Problem> {
    let FindRequest { filter, mut find, selection, limit, offset } = LISTING.read(&query)?;
    if find.order.is_empty() {
        find = find.order_by(AuditField::Id, Direction::Descending);
    }
    let (entries, count) = state.flows.audit().list_and_count(&filter, &find).await?;
    Ok(respond::page("audit_entries", &entries, &selection, (count, offset, limit)))
}
