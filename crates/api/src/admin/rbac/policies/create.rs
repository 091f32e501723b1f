//! `POST /admin/rbac/policies`

use axum::response::Response;
use vestibule_core::Metadata;
use vestibule_rbac::{CreatePolicy, PolicyField};

use crate::request::{Name, Query, RawBody, Text, body, read_selection};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Creates a policy.
    pub(crate) struct CreatePolicyBody {
        /// Resource and operation, joined by a colon; no other policy has this key.
        key: String,
        /// The resource that it covers; `*` for all.
        resource: String,
        /// The operation that it allows; `*` for all.
        operation: String,
        /// Its name.
        name: Option<Name>,
        /// What it is for.
        description: Option<Text<0, 2000>>,
        /// The data of programs.
        metadata: Option<Metadata>,
    }
}

/// Creates a policy.
#[utoipa::path(
    post, path = "/admin/rbac/policies", operation_id = "create_policy", tag = "roles",
    params(schemas::FieldsParameter), request_body = CreatePolicyBody,
    responses((status = 200, body = schemas::roles::OnePolicy), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Result<Response, Problem> {
    let selection = read_selection::<PolicyField>(&query)?;
    let body: CreatePolicyBody = body.read()?;
    let policy = CreatePolicy {
        key: body.key,
        resource: body.resource,
        operation: body.operation,
        name: body.name.map(Into::into),
        description: body.description.map(Into::into),
        metadata: body.metadata,
    };
    let policy = state.flows.create_policy(&policy, &caller.context).await?;
    Ok(respond::one("policy", &policy, &selection))
}
