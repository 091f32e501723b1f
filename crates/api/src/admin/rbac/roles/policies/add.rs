//! `POST /admin/rbac/roles/{id}/policies`

use axum::response::Response;
use vestibule_rbac::read_policy_ids;

use crate::admin::rbac::roles;
use crate::request::{NonEmpty, Parameters, Path, Query, RawBody, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Adds policies to a role.
    pub(crate) struct AddPoliciesBody {
        /// The ids of the policies.
        policies: NonEmpty<String>,
    }
}

/// Adds policies to a role. The caller must have them.
#[utoipa::path(
    post, path = "/admin/rbac/roles/{id}/policies", operation_id = "add_role_policies", tag = "roles",
    params(("id" = String, Path), schemas::FieldsParameter), request_body = AddPoliciesBody,
    responses((status = 200, body = schemas::roles::AddedRolePolicies), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn add(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    parameters.text("fields");
    parameters.finish(())?;
    let body: AddPoliciesBody = body.read()?;
    let policies = read_policy_ids(&Vec::from(body.policies))?;
    let added = state.flows.add_role_policies(&roles::id(&id)?, &policies, &caller.context).await?;
    let policies = super::format(&state, &added, &query).await?;
    Ok(respond::whole("policies", &policies))
}
