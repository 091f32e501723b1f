//! `GET /admin/rbac/policies`

use axum::response::Response;
use vestibule_core::{Field, FindConfig};
use vestibule_rbac::PolicyField;

use super::LISTING;
use crate::request::{FindRequest, Query};
use crate::{batches, respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists policies.
#[utoipa::path(
    get, path = "/admin/rbac/policies", operation_id = "list_policies", tag = "roles", params(schemas::ListParameters),
    responses((status = 200, body = schemas::roles::Policies), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Result<Response, Problem> {
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    if batches::are_due(&find) {
        let page = state.flows.rbac().list_and_count_rbac_policy_ids(&filter, &find).await?;
        let read = move |ids: Vec<String>| {
            let (state, selection) = (state.clone(), selection.clone());
            async move {
                let find = FindConfig::default().with_deleted();
                let policies = state.flows.rbac().list_rbac_policies(&PolicyField::Id.is_in(ids), &find).await?;
                Ok(batches::write(&policies, &selection, |policy| policy.id.to_string()))
            }
        };
        return batches::respond("policies", page, (offset, limit), read).await;
    }
    let (policies, count) = state.flows.rbac().list_and_count_rbac_policies(&filter, &find).await?;
    Ok(respond::page("policies", &policies, &selection, (count, offset, limit)))
}
