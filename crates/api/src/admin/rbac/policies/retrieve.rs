//! `GET /admin/rbac/policies/{id}`

use vestibule_rbac::Policy;
use vestibule_rbac::PolicyField;

use crate::openapi::{FIELDS, describe};
use crate::request::{Path, Query, read_selection};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a policy.
#[describe(operation("retrieve_policy", "roles").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn retrieve(state: State, _: Authorized, Path(id): Path<String>, query: Query) -> Reply<One<Policy>> {
    let selection = read_selection::<PolicyField>(&query)?;
    let policy = state.flows.rbac().retrieve_rbac_policy(&super::id(&id)?).await?;
    Ok(respond::one(&policy, &selection))
}
