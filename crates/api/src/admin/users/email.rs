//! `POST /admin/users/{id}/email`, which the reference lacks.

use vestibule_core::EmailAddress;

use crate::openapi::describe;
use crate::request::{Path, RawBody, body};
use crate::respond::{self, Reply, Success};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Requests another address for a user.
    pub(crate) struct ChangeUserEmailBody {
        /// The new address.
        email: EmailAddress,
    }
}

/// Requests another e-mail address for a user. A link to confirm the change is mailed to the new address; until then nothing changes. The caller must have every permission of the user. The response is the same whether or not another account has the address.
#[describe(operation("request_user_email_change", "users").body::<ChangeUserEmailBody>().errors(["404"]))]
pub(crate) async fn change(state: State, caller: Authorized, Path(id): Path<String>, body: RawBody) -> Reply<Success> {
    let body: ChangeUserEmailBody = body.read()?;
    state.flows.request_email_change_of_user(super::id(&id)?, &body.email, &caller.context).await?;
    Ok(respond::success())
}
