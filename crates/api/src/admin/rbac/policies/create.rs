//! `POST /admin/rbac/policies`

use vestibule_core::Metadata;
use vestibule_rbac::Policy;
use vestibule_rbac::{CreatePolicy, PolicyField};

use crate::openapi::{FIELDS, describe};
use crate::request::{Name, Query, RawBody, Text, body, read_selection};
use crate::respond::{self, One, Reply};
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
#[describe(operation("create_policy", "roles").query(&[FIELDS]).body::<CreatePolicyBody>())]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Reply<One<Policy>> {
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
    Ok(respond::one(&policy, &selection))
}
