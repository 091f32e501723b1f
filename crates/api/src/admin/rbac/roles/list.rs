//! `GET /admin/rbac/roles`

use vestibule_core::{Field, FindConfig};
use vestibule_rbac::Role;
use vestibule_rbac::RoleField;

use super::LISTING;
use crate::admin::relations::Projection;
use crate::batches;
use crate::openapi::{LIST, describe};
use crate::request::{FindRequest, Kind, Query};
use crate::respond::{Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists roles.
#[describe(operation("list_roles", "roles").query(LIST))]
pub(crate) async fn list(state: State, caller: Authorized, query: Query) -> Reply<Many<Role>> {
    let FindRequest { filter, find, selection, limit, offset, .. } = LISTING.read(&query)?;
    let projection = Projection::of(&query, Kind::Role, selection, &caller.permissions);
    if batches::are_due(&find) {
        let (ids, count) = state.flows.rbac().list_and_count_rbac_role_ids(&filter, &find).await?;
        let read = |state: State, ids: Vec<String>| async move {
            let find = FindConfig::default().with_deleted();
            state.flows.rbac().list_rbac_roles(&RoleField::Id.is_in(ids), &find).await
        };
        return projection.batches(&state, &ids, (count, offset, limit), read).await;
    }
    let (roles, count) = state.flows.rbac().list_and_count_rbac_roles(&filter, &find).await?;
    projection.page(&state, &roles, (count, offset, limit)).await
}
