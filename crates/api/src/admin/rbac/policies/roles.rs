//! `GET /admin/rbac/policies/{id}/roles`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_core::{Counting, FindConfig, Timestamp};
use vestibule_rbac::RoleId;

use crate::openapi::{PAGE, describe};
use crate::request::{Parameters, Path, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// How many users of each role the response has.
const USERS: u64 = 100;

/// A role with a policy of its own.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoleOfPolicy {
    id: RoleId,
    name: String,
    description: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The users of the role, at most 100.
    users: Vec<UserOfRole>,
}

#[derive(Serialize, ToSchema)]
struct UserOfRole {
    id: String,
}

/// Lists the roles that have a policy of their own, and their users.
#[describe(operation("list_policy_roles", "roles").query(PAGE).errors(["404"]))]
pub(crate) async fn roles(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<Many<RoleOfPolicy>> {
    let mut parameters = Parameters::of(&query);
    // Accepted as on the other routes, and ignored: this list has one form.
    parameters.text("fields");
    let (offset, limit) = (parameters.count("offset", 0), parameters.limit(10));
    let (offset, limit) = parameters.finish((offset, limit))?;
    let policy = state.flows.rbac().retrieve_rbac_policy(&super::id(&id)?).await?;
    let all = state.flows.rbac().roles_with_policy(state.flows.database(), &policy.id).await?;
    let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let mut roles = Vec::new();
    for role in all.iter().skip(size(offset)).take(size(limit)) {
        let find = FindConfig { counting: Counting::None, ..FindConfig::default().page(0, USERS) };
        let users = state.flows.list_page_of_ids_of_users_of_role(&role.id, None, &find).await?;
        roles.push(RoleOfPolicy {
            id: role.id.clone(),
            name: role.name.clone(),
            description: role.description.clone(),
            created_at: role.created_at,
            updated_at: role.updated_at,
            users: users.rows.into_iter().map(|id| UserOfRole { id }).collect(),
        });
    }
    Ok(respond::many_of(&roles, (all.len() as u64, offset, limit)))
}
