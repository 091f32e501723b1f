//! `/auth/identities`, which the reference lacks: the sign-in methods of the caller's account. And `/auth/{provider}/user`:
//! a user for an identity that a provider has proved.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::ProviderIdentity;
use vestibule_core::Timestamp;
use vestibule_flows::{Credential, FreshProof, Stage};
use vestibule_user::User;

use crate::openapi::describe;
use crate::request::{InvalidRequest, Path, RawBody, Secret, body};
use crate::respond::{self, One, Reply, Sent, Success};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

#[derive(Serialize, ToSchema)]
pub(crate) struct LinkedIdentities {
    identities: Vec<LinkedIdentity>,
}

/// A sign-in method of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkedIdentity {
    #[schema(example = "google")]
    provider: String,
    /// The user's id at the provider; with `emailpass`, the address.
    #[schema(example = "110169484474386276334")]
    entity_id: String,
    /// The address that the provider states.
    email: Option<String>,
    /// When it was added.
    created_at: Timestamp,
    /// When a session last began with it; null before the first time.
    last_used_at: Option<Timestamp>,
}

impl From<ProviderIdentity> for LinkedIdentity {
    fn from(part: ProviderIdentity) -> Self {
        let email = part.stated_email().map(str::to_owned);
        let ProviderIdentity { provider, entity_id, created_at, last_used_at, .. } = part;
        Self { provider, entity_id, email, created_at, last_used_at }
    }
}

impl LinkedIdentities {
    /// Responds with these sign-in methods.
    pub(crate) fn respond(linked: Vec<ProviderIdentity>) -> Sent<Self> {
        respond::json(&Self { identities: linked.into_iter().map(Into::into).collect() })
    }
}

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

/// Lists the sign-in methods of the caller's account, with when each was added and last used.
#[describe(operation("list_linked_identities", "auth"))]
pub(crate) async fn list(state: State, caller: Authenticated) -> Reply<LinkedIdentities> {
    Ok(LinkedIdentities::respond(state.flows.list_linked_providers(&caller.caller).await?))
}

/// Links an identity with the caller's account: from then on its provider is a sign-in method of the account. Both sides are proved, the identity by its token and the account by a recent proof.
#[describe(operation("link_identity", "auth").body::<LinkIdentityBody>())]
pub(crate) async fn link(state: State, caller: Authenticated, body: RawBody) -> Reply<Success> {
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
    Ok(respond::success())
}

/// Unlinks a provider from the caller's account and ends the sessions that began with it. The last sign-in method stays.
#[describe(operation("unlink_identity", "auth").optional_body::<UnlinkIdentityBody>().errors(["404"]))]
pub(crate) async fn unlink(
    state: State,
    caller: Authenticated,
    Path(provider): Path<String>,
    body: RawBody,
) -> Reply<Success> {
    let body: UnlinkIdentityBody = body.read()?;
    let proof = proof(body.password, body.code);
    state.flows.unlink_provider(&caller.caller, &caller.context, &provider, &proof).await?;
    Ok(respond::success())
}

/// Creates the user of an identity that a provider has proved, if the operator's rule admits the address (`auth.sign_up`). Refresh the token afterwards: it is a user's then. An address that belongs to a user or is invited is refused.
#[describe(operation("sign_up", "auth").errors(["409"]))]
pub(crate) async fn sign_up(
    state: State,
    caller: Authenticated,
    Path(provider): Path<String>,
    body: RawBody,
) -> Reply<One<User>> {
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
    Ok(respond::whole(&user))
}

fn proof(password: Option<Secret>, code: Option<Secret>) -> FreshProof {
    FreshProof { code: code.map(Into::into), password: password.map(Into::into), ..FreshProof::default() }
}
