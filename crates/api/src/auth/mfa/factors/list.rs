//! `GET /auth/mfa/factors`

use crate::openapi::describe;
use crate::respond::{self, Reply};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::mfa::MfaFactor;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

#[derive(Serialize, ToSchema)]
pub(crate) struct MfaFactors {
    pub(crate) mfa_factors: Vec<MfaFactor>,
}

/// Lists the caller's second factors, without their secrets, including removed ones.
#[describe(operation("list_mfa_factors", "mfa"))]
pub(crate) async fn list(state: State, caller: Authenticated) -> Reply<MfaFactors> {
    let factors = state.flows.list_mfa(&caller.caller).await?;
    Ok(respond::json(&MfaFactors { mfa_factors: factors }))
}
