//! `/admin/users/{id}/mfa`, which the reference lacks: for users who have lost their second factor.

use crate::auth::mfa::factors::list::MfaFactors;
use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the second factors of a user, without their secrets, including removed ones.
#[describe(operation("list_mfa_factors_of_user", "users").errors(["404"]))]
pub(crate) async fn list(state: State, _: Authorized, Path(id): Path<String>) -> Reply<MfaFactors> {
    let factors = state.flows.list_mfas_of_user(super::id(&id)?).await?;
    Ok(respond::json(&MfaFactors { mfa_factors: factors }))
}

/// Removes all second factors, recovery codes and open challenges of a user. The caller must have every permission of the user. To remove your own, use `/auth/mfa/factors/{id}`.
#[describe(operation("reset_mfa_of_user", "users").errors(["404"]))]
pub(crate) async fn reset(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    state.flows.reset_mfa(super::id(&id)?, &caller.context).await?;
    Ok(respond::deleted(&id, "user_mfa"))
}
