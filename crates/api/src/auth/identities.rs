//! `/auth/identities`, which the reference lacks: the sign-in methods of the caller's account. And `/auth/{provider}/user`:
//! a user for an identity that a provider has proved.

use axum::response::Response;
use serde_json::{Value as Json, json};
use vestibule_flows::{Credential, FreshProof, Stage};

use crate::request::{InvalidRequest, Path, RawBody, Secret, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Links an identity with the caller's account.
    pub(crate) struct LinkIdentityBody {
        /// The token that the provider's callback has returned for the identity, which has no owner yet.
        token: Secret,
        /// The password, if the last proof of identity is more than ten minutes old and the account has no second factor.
        password: Option<Secret>,
        /// A code of the second factor, or a recovery code.
        code: Option<Secret>,
    }
}

body! {
    /// Unlinks an identity.
    pub(crate) struct UnlinkIdentityBody {
        /// The password, if the last proof of identity is more than ten minutes old and the account has no second factor.
        password: Option<Secret>,
        /// A code of the second factor, or a recovery code.
        code: Option<Secret>,
    }
}

/// Lists the sign-in methods of the caller's account.
#[utoipa::path(
    get, path = "/auth/identities", operation_id = "list_linked_identities", tag = "auth",
    responses((status = 200, body = schemas::LinkedIdentities), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, caller: Authenticated) -> Result<Response, Problem> {
    let linked: Vec<Json> = state
        .flows
        .list_linked_providers(&caller.caller)
        .await?
        .iter()
        .map(|part| {
            let email = part.user_metadata.as_ref().and_then(|profile| profile.as_object().get("email"));
            json!({
                "provider": part.provider,
                "entity_id": part.entity_id,
                "email": email.and_then(Json::as_str),
                "created_at": part.created_at,
            })
        })
        .collect();
    Ok(respond::whole("identities", &linked))
}

/// Links an identity with the caller's account: from then on its provider is a sign-in method of the account. Both sides are proved, the identity by its token and the account by a recent proof.
#[utoipa::path(
    post, path = "/auth/identities", operation_id = "link_identity", tag = "auth", request_body = LinkIdentityBody,
    responses((status = 200, body = schemas::Success), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 403, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn link(state: State, caller: Authenticated, body: RawBody) -> Result<Response, Problem> {
    let body: LinkIdentityBody = body.read()?;
    let token: String = body.token.into();
    let client = || caller.context.client.clone();
    let new = state.flows.identify(Credential::Bearer(&token), client).await?;
    let new = new.filter(|new| new.stage == Stage::Full && new.actor_type == caller.caller.actor_type);
    let Some(new) = new else {
        return Err(InvalidRequest::new("Field 'token' must be the token of a sign-in that is not over").into());
    };
    let proof = proof(body.password, body.code);
    let identity = (new.auth_identity_id, new.provider.as_str());
    state.flows.link_provider(&caller.caller, &caller.context, identity, &proof).await?;
    Ok(respond::json(&json!({ "success": true })))
}

/// Unlinks a provider from the caller's account and ends the sessions that began with it. The last sign-in method stays.
#[utoipa::path(
    delete, path = "/auth/identities/{provider}", operation_id = "unlink_identity", tag = "auth", params(("provider" = String, Path)), request_body(content = Option<UnlinkIdentityBody>),
    responses((status = 200, body = schemas::Success), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn unlink(
    state: State,
    caller: Authenticated,
    Path(provider): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: UnlinkIdentityBody = body.read()?;
    let proof = proof(body.password, body.code);
    state.flows.unlink_provider(&caller.caller, &caller.context, &provider, &proof).await?;
    Ok(respond::json(&json!({ "success": true })))
}

/// Creates the user of an identity that a provider has proved, if the operator's rule admits the address (`auth.sign_up`). Refresh the token afterwards: it is a user's then. An address that belongs to a user or is invited is refused.
#[utoipa::path(
    post, path = "/auth/{provider}/user", operation_id = "sign_up", tag = "auth", params(("provider" = String, Path)),
    responses((status = 200, body = schemas::OneUser), (status = 400, body = schemas::Error), (status = 401, body = schemas::Error), (status = 403, body = schemas::Error), (status = 409, body = schemas::Error), (status = 429, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn sign_up(
    state: State,
    caller: Authenticated,
    Path(provider): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    body.read_nothing()?;
    let Authenticated { caller, context } = caller;
    if !caller.is_user_type() {
        return Err(Problem::unauthorized());
    }
    super::ProviderPath::check(&state, (caller.actor_type.clone(), provider.clone()))?;
    if provider != caller.provider {
        return Err(Problem::unauthorized());
    }
    let user = state.flows.sign_up(&caller, &context).await?;
    Ok(respond::whole("user", &user))
}

fn proof(password: Option<Secret>, code: Option<Secret>) -> FreshProof {
    FreshProof { method: None, code: code.map(Into::into), password: password.map(Into::into) }
}
