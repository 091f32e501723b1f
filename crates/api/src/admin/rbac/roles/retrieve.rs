//! `GET /admin/rbac/roles/{id}`

use axum::response::Response;
use vestibule_rbac::RoleField;

use crate::admin::relations::Projection;
use crate::request::{Kind, Parameters, Path, Query};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a role.
#[utoipa::path(
    get, path = "/admin/rbac/roles/{id}", operation_id = "retrieve_role", tag = "roles",
    params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::roles::OneRole), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<RoleField>();
    // Accepted and ignored: `fields` selects what the policies contain.
    parameters.text("policies");
    let selection = parameters.finish(selection)?;
    let role = state.flows.rbac().retrieve_rbac_role(&super::id(&id)?).await?;
    Ok(Projection::of(&query, Kind::Role, selection, &caller.permissions).one(&state, "role", &role).await?)
}
