//! `POST /auth/{actor_type}/{provider}/register`

use http::StatusCode;
use vestibule_auth::{AuthInput, AuthenticateError};

use super::sign_in::Credentials;
use super::{ProviderPath, SignedIn};
use crate::openapi::describe;
use crate::request::{Path, RawBody};
use crate::respond::{self, Reply};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::ClientInfo;

/// Registers an identity, which can then accept an invite with the token.
#[describe(operation("register", "auth").body::<Credentials>().errors(["401", "422"]))]
pub(crate) async fn register(
    state: State,
    ClientInfo(client): ClientInfo,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Reply<SignedIn> {
    let path = ProviderPath::check(&state, path)?;
    let input = AuthInput { body: path.read(&body)?, ..AuthInput::default() };
    let registered = state.flows.register(&path.actor_type, &path.provider, &input, &client).await;
    // On a 400 the Medusa Admin reports an invalid invite and lets the user try no other password.
    let registered = registered.map_err(|error| match error {
        AuthenticateError::Weak(_) | AuthenticateError::ForbiddenPassword => {
            Problem::from(error).with_status(StatusCode::UNPROCESSABLE_ENTITY)
        }
        error => error.into(),
    })?;
    Ok(respond::json(&SignedIn::from(registered)))
}
