//! `/admin/users/{id}/failed-attempts`, which the reference lacks: failed tries to sign in as a user.

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::attempts::Attempts;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

#[derive(Serialize, ToSchema)]
pub(crate) struct FailedAttempts {
    failed_attempts: Attempts,
}

/// Returns how many tries to sign in as a user have failed, and whether the next one is refused.
#[describe(operation("retrieve_failed_attempts", "users").errors(["404"]))]
pub(crate) async fn retrieve(state: State, _: Authorized, Path(id): Path<String>) -> Reply<FailedAttempts> {
    let attempts = state.flows.attempts_of_user(super::id(&id)?).await?;
    Ok(respond::json(&FailedAttempts { failed_attempts: attempts }))
}

/// Clears the failed tries, so that the next one is accepted.
#[describe(operation("clear_failed_attempts", "users").errors(["404"]))]
pub(crate) async fn clear(state: State, caller: Authorized, Path(text): Path<String>) -> Reply<Deleted> {
    state.flows.clear_attempts_of_user(super::id(&text)?, &caller.context).await?;
    Ok(respond::deleted(&text, "failed_attempts"))
}
