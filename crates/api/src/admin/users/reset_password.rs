//! `POST /admin/users/{id}/reset-password`

use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    /// For `Authorization: Bearer`.
    token: String,
}

/// Creates a token that sets a user's password, for the caller to pass on. The caller must have every permission of the user.
#[describe(operation("issue_password_reset", "users").errors(["404"]))]
pub(crate) async fn reset_password(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Token> {
    let reset = state.flows.issue_password_reset(super::id(&id)?, &caller.context).await?;
    Ok(respond::json(&Token { token: reset.token }))
}
