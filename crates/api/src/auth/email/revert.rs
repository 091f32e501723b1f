//! `POST /auth/email/revert`

use vestibule_flows::Context;

use super::EmailTokenBody;
use crate::openapi::describe;
use crate::request::RawBody;
use crate::respond::{self, Reply, Success};
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

/// Gives an account its old address back, with the token that was mailed there when the address changed. All sessions of the account end, and a link to set a new password is mailed to the old address.
#[describe(operation("revert_email_change", "auth").body::<EmailTokenBody>())]
pub(crate) async fn revert(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Reply<Success> {
    let body: EmailTokenBody = body.read()?;
    state.flows.revert_email_change(body.token.as_str(), &Context::anonymous(client)).await?;
    Ok(respond::success())
}
