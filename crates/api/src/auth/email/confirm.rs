//! `POST /auth/email/confirm`

use super::EmailTokenBody;
use crate::openapi::describe;
use crate::request::RawBody;
use crate::respond::{self, Reply, Success};
use vestibule_web::State;
use vestibule_web::caller::MaybeAuthenticated;

/// Changes the address of an account with the token that was mailed to the new address and a session of the account, as a bearer token or a cookie: a stranger to whom the mail was sent by mistake confirms nothing (401 `email_change_sign_in`). The token alone is enough where an administrator has requested the change for a user without a sign-in method. All other sessions of the account end. A notice to the old address has a link that reverts the change, for seven days.
#[describe(operation("confirm_email_change", "auth").body::<EmailTokenBody>().errors(["401", "403"]))]
pub(crate) async fn confirm(state: State, from: MaybeAuthenticated, body: RawBody) -> Reply<Success> {
    let body: EmailTokenBody = body.read()?;
    state.flows.confirm_email_change(body.token.as_str(), from.caller.as_ref(), &from.context).await?;
    Ok(respond::success())
}
