//! `GET /admin/rbac/policies`

use vestibule_core::{Field, FindConfig};
use vestibule_rbac::Policy;
use vestibule_rbac::PolicyField;

use super::LISTING;
use crate::batches;
use crate::openapi::{LIST, describe};
use crate::request::{FindRequest, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists policies.
#[describe(operation("list_policies", "roles").query(LIST))]
pub(crate) async fn list(state: State, _: Authorized, query: Query) -> Reply<Many<Policy>> {
    let FindRequest { filter, find, selection, limit, offset, .. } = LISTING.read(&query)?;
    if batches::are_due(&find) {
        let (ids, count) = state.flows.rbac().list_and_count_rbac_policy_ids(&filter, &find).await?;
        let read = move |ids: Vec<String>| {
            let (state, selection) = (state.clone(), selection.clone());
            async move {
                let find = FindConfig::default().with_deleted();
                let policies = state.flows.rbac().list_rbac_policies(&PolicyField::Id.is_in(ids), &find).await?;
                Ok(batches::write(&policies, &selection, |policy| policy.id.to_string()))
            }
        };
        return batches::respond(&ids, (count, offset, limit), read).await;
    }
    let (policies, count) = state.flows.rbac().list_and_count_rbac_policies(&filter, &find).await?;
    Ok(respond::page(&policies, &selection, (count, offset, limit)))
}
