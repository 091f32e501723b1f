//! `/admin/users/{id}/mfa`, which the reference lacks: for users who have lost a second factor, or all of them.

use crate::auth::mfa::factors::{self, list::MfaFactors};
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

/// Removes one second factor of a user, such as a passkey on a lost device. Sessions that a passkey began end. The caller must have every permission of the user. The user's only sign-in method is not removed (`last_sign_in_method_of_user`). To remove your own, use `/auth/mfa/factors/{id}`.
#[describe(operation("remove_mfa_factor_of_user", "users").errors(["404"]))]
pub(crate) async fn remove(
    state: State,
    caller: Authorized,
    Path((id, factor)): Path<(String, String)>,
) -> Reply<Deleted> {
    state.flows.remove_mfa_of_user(super::id(&id)?, factors::id(&factor)?, &caller.context).await?;
    Ok(respond::deleted(&factor, "mfa_factor"))
}

/// Removes all second factors, recovery codes and open challenges of a user, and ends sessions that a passkey began. The caller must have every permission of the user. To remove your own, use `/auth/mfa/factors/{id}`.
#[describe(operation("reset_mfa_of_user", "users").errors(["404"]))]
pub(crate) async fn reset(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    state.flows.reset_mfa(super::id(&id)?, &caller.context).await?;
    Ok(respond::deleted(&id, "user_mfa"))
}
