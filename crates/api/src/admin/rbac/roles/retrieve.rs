//! `GET /admin/rbac/roles/{id}`

use vestibule_rbac::Role;
use vestibule_rbac::RoleField;

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Parameters, Path, Query};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a role.
#[describe(operation("retrieve_role", "roles").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn retrieve(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<One<Role>> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<RoleField>();
    // Accepted and ignored: `fields` selects what the policies contain.
    parameters.text("policies");
    let selection = parameters.finish(selection)?;
    let role = state.flows.rbac().retrieve_rbac_role(&super::id(&id)?).await?;
    Projection::of(&query, Kind::Role, selection, &caller.permissions).one(&state, &role).await
}
