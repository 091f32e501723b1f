//! `POST /admin/rbac/roles/{id}/policies`

use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use vestibule_rbac::RolePolicy;
use vestibule_rbac::read_policy_ids;

use crate::admin::rbac::roles;
use crate::openapi::{FIELDS, describe};
use crate::request::{NonEmpty, Parameters, Path, Query, RawBody, body};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Adds policies to a role.
    pub(crate) struct AddPoliciesBody {
        /// The ids of the policies.
        policies: NonEmpty<String>,
    }
}

/// The policies that were added.
#[derive(Serialize, ToSchema)]
pub(crate) struct AddedRolePolicies {
    #[schema(value_type = Vec<RolePolicy>)]
    policies: Vec<Json>,
}

/// Adds policies to a role. The caller must have them.
#[describe(operation("add_role_policies", "roles").query(&[FIELDS]).body::<AddPoliciesBody>().errors(["404"]))]
pub(crate) async fn add(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<AddedRolePolicies> {
    let mut parameters = Parameters::of(&query);
    parameters.text("fields");
    parameters.finish(())?;
    let body: AddPoliciesBody = body.read()?;
    let policies = read_policy_ids(&Vec::from(body.policies))?;
    let added = state.flows.add_role_policies(&roles::id(&id)?, &policies, &caller.context).await?;
    let policies = super::format(&state, &added, &query).await?;
    Ok(respond::json(&AddedRolePolicies { policies }))
}
