//! `POST /admin/rbac/policies/{id}`

use axum::response::Response;
use vestibule_core::{MetadataPatch, Patch};
use vestibule_rbac::policies::UpdatePoliciesError;
use vestibule_rbac::{PolicyField, UpdatePolicy};

use crate::request::{Name, NotNull, Path, Query, RawBody, Text, body, read_selection};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Updates a policy. Absent fields keep their value, null clears it; key, resource and operation change together.
    pub(crate) struct UpdatePolicyBody {
        /// Resource and operation, joined by a colon; no other policy has this key.
        key: NotNull<String>,
        /// The resource that it covers; `*` for all.
        resource: NotNull<String>,
        /// The operation that it allows; `*` for all.
        operation: NotNull<String>,
        /// Its name.
        name: Patch<Name>,
        /// What it is for.
        description: Patch<Text<0, 2000>>,
        /// Merged key by key: an empty text removes a key, null removes all.
        metadata: MetadataPatch,
    }
}

/// Updates a policy. The caller must have the policy before and after the change.
#[utoipa::path(
    post, path = "/admin/rbac/policies/{id}", operation_id = "update_policy", tag = "roles",
    params(("id" = String, Path), schemas::FieldsParameter), request_body = UpdatePolicyBody,
    responses((status = 200, body = schemas::roles::OnePolicy), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    let selection = read_selection::<PolicyField>(&query)?;
    let body: UpdatePolicyBody = body.read()?;
    let update = UpdatePolicy {
        id: id.parse().map_err(|_| UpdatePoliciesError::NotFound { id })?,
        key: body.key.0,
        resource: body.resource.0,
        operation: body.operation.0,
        name: body.name.map(Into::into),
        description: body.description.map(Into::into),
        metadata: body.metadata,
    };
    let policy = state.flows.update_policy(&update, &caller.context).await?;
    Ok(respond::one("policy", &policy, &selection))
}
