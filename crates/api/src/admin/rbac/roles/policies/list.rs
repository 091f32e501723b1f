//! `GET /admin/rbac/roles/{id}/policies`

use vestibule_rbac::RolePolicy;

use crate::admin::rbac::roles;
use crate::openapi::{FIELDS, describe};
use crate::request::{Parameters, Path, Query};
use crate::respond::{self, Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the role's own policies.
#[describe(operation("list_role_policies", "roles").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn list(state: State, _: Authorized, Path(id): Path<String>, query: Query) -> Reply<Many<RolePolicy>> {
    let mut parameters = Parameters::of(&query);
    parameters.text("fields");
    parameters.finish(())?;
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    let held = state.flows.rbac().list_rbac_role_policies(state.flows.database(), &role.id).await?;
    let policies = super::format(&state, &held, &query).await?;
    let count = policies.len() as u64;
    Ok(respond::many_of(&policies, (count, 0, count)))
}
