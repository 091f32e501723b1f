//! `GET /admin/rbac/policies/{id}`

use axum::response::Response;
use vestibule_rbac::PolicyField;

use crate::request::{Path, Query, read_selection};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a policy.
#[utoipa::path(
    get, path = "/admin/rbac/policies/{id}", operation_id = "retrieve_policy", tag = "roles",
    params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::roles::OnePolicy), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let selection = read_selection::<PolicyField>(&query)?;
    let policy = state.flows.rbac().retrieve_rbac_policy(&super::id(&id)?).await?;
    Ok(respond::one("policy", &policy, &selection))
}
