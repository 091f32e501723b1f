//! `POST /auth/email/confirm`

use vestibule_flows::Context;

use super::EmailTokenBody;
use crate::openapi::describe;
use crate::request::RawBody;
use crate::respond::{self, Reply, Success};
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

/// Changes the address of an account with the token that was mailed to the new address. All sessions of the account end. A notice to the old address has a link that reverts the change, for seven days.
#[describe(operation("confirm_email_change", "auth").body::<EmailTokenBody>())]
pub(crate) async fn confirm(state: State, ClientInfo(client): ClientInfo, body: RawBody) -> Reply<Success> {
    let body: EmailTokenBody = body.read()?;
    state.flows.confirm_email_change(body.token.as_str(), None, &Context::anonymous(client)).await?;
    Ok(respond::success())
}
