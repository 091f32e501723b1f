//! `POST /auth/{actor_type}/{provider}/update`

use http::HeaderMap;
use serde_json::Value as Json;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use vestibule_auth::ResetPasswordError;
use vestibule_core::{EmailAddress, ErrorKind};
use vestibule_flows::Context;

use super::ProviderPath;
use crate::openapi::describe;
use crate::request::body::BodySchema;
use crate::request::{InvalidRequest, NewPassword, NotNull, Path, RawBody};
use crate::respond::{Reply, Success};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::{self, ClientInfo};

/// What this route reads of a body.
pub(crate) struct NewPasswordBody;

impl PartialSchema for NewPasswordBody {
    fn schema() -> RefOr<Schema> {
        BodySchema::open("The new password.")
            .field::<NotNull<EmailAddress>>("email", "The address of the account; may be absent.")
            .field::<NewPassword>("password", "")
            .build()
    }
}

impl ToSchema for NewPasswordBody {
    fn name() -> std::borrow::Cow<'static, str> {
        "NewPassword".into()
    }
}

/// Sets a password with the token of a reset as bearer token, and ends every session of the account. `email` may be sent and must be the account's.
#[describe(operation("update_provider", "auth").body::<NewPasswordBody>().errors(["401"]).bearer())]
pub(crate) async fn update(
    state: State,
    ClientInfo(client): ClientInfo,
    headers: HeaderMap,
    Path(path): Path<(String, String)>,
    body: RawBody,
) -> Reply<Success> {
    let path = ProviderPath::check(&state, path)?;
    let body = body.read_object_of(&["email", "password"])?;
    let token = caller::bearer(&headers).ok_or(ResetPasswordError::InvalidToken)?;
    let pending = state.flows.find_password_reset(token, &path.actor_type, &path.provider).await?;
    // Older clients of the reference send it.
    if let Some(email) = body.get("email") {
        let is_own = email.as_str().is_some_and(|email| {
            EmailAddress::canonical_or_text(email) == EmailAddress::canonical_or_text(&pending.claims.entity_id)
        });
        if !is_own {
            let message = "Field 'email' must be the address that the token was sent to; leave it out";
            return Err(InvalidRequest::new(message).into());
        }
    }
    // The reference's message. The token remains valid.
    let password = body.get("password").and_then(Json::as_str).filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| Problem::new(ErrorKind::Unauthorized, "Unauthorized"))?;
    let known = state.flows.reset_password(&pending, password, &Context::anonymous(client)).await?;
    Ok(super::respond_success_on(&state, &headers, &known))
}
