//! `POST /admin/rbac/policies/{id}`

use vestibule_core::{MetadataPatch, Patch};
use vestibule_rbac::Policy;
use vestibule_rbac::policies::UpdatePoliciesError;
use vestibule_rbac::{PolicyField, UpdatePolicy};

use crate::openapi::{FIELDS, describe};
use crate::request::{Name, NotNull, Path, Query, RawBody, Text, body, read_selection};
use crate::respond::{self, One, Reply};
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
#[describe(operation("update_policy", "roles").query(&[FIELDS]).body::<UpdatePolicyBody>().errors(["404"]))]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<Policy>> {
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
    Ok(respond::one(&policy, &selection))
}
