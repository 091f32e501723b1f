//! `GET /admin/rbac/roles/assignable`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_rbac::{Role, RoleId};

use super::LISTING;
use crate::openapi::{LIST, describe};
use crate::request::{FindRequest, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// A role that the caller can grant.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssignableRole {
    id: RoleId,
    name: String,
    description: Option<String>,
}

/// Lists the roles that the caller can grant.
#[describe(operation("list_assignable_roles", "roles").query(LIST))]
pub(crate) async fn assignable(state: State, caller: Authorized, query: Query) -> Reply<Many<AssignableRole>> {
    let FindRequest { filter, find, limit, offset, .. } = LISTING.read(&query)?;
    let (roles, count) =
        state.flows.rbac().list_and_count_assignable_rbac_roles(&filter, &find, &caller.permissions).await?;
    let roles: Vec<_> =
        roles.into_iter().map(|Role { id, name, description, .. }| AssignableRole { id, name, description }).collect();
    Ok(respond::many_of(&roles, (count, offset, limit)))
}
