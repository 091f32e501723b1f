//! `GET /admin/rbac/policies/assignable`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_rbac::{Policy, PolicyId};

use super::LISTING;
use crate::openapi::{LIST, describe};
use crate::request::{FindRequest, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// A policy that the caller can grant.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssignablePolicy {
    id: PolicyId,
    #[schema(example = "user:read")]
    key: String,
    resource: String,
    operation: String,
    description: Option<String>,
}

/// Lists the policies that the caller can grant.
#[describe(operation("list_assignable_policies", "roles").query(LIST))]
pub(crate) async fn assignable(state: State, caller: Authorized, query: Query) -> Reply<Many<AssignablePolicy>> {
    let FindRequest { filter, find, limit, offset, .. } = LISTING.read(&query)?;
    let (policies, count) =
        state.flows.rbac().list_and_count_assignable_rbac_policies(&filter, &find, &caller.permissions).await?;
    let policies: Vec<_> = policies
        .into_iter()
        .map(|Policy { id, key, resource, operation, description, .. }| AssignablePolicy {
            id,
            key,
            resource,
            operation,
            description,
        })
        .collect();
    Ok(respond::many_of(&policies, (count, offset, limit)))
}
