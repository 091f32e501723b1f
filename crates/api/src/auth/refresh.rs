//! `POST /auth/token/refresh`

use super::SignedIn;
use crate::openapi::describe;
use crate::request::RawBody;
use crate::respond::{self, Reply};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

/// Returns a new token of the same session. After the caller has accepted an invite, it is a user's token. If a second factor or a verification is due, the response says so again.
#[describe(operation("refresh_token", "auth"))]
pub(crate) async fn refresh(state: State, caller: Authenticated, body: RawBody) -> Reply<SignedIn> {
    body.read_nothing()?;
    let sign_in = state.flows.refresh(&caller.caller).await?.ok_or_else(Problem::unauthorized)?;
    Ok(respond::json(&SignedIn::from(sign_in)))
}
