//! `GET /auth/{actor_type}/providers`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::Flow;
use vestibule_auth::providers::AuthProviderInfo;

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Reply};
use vestibule_web::State;

#[derive(Serialize, ToSchema)]
pub(crate) struct Providers {
    providers: Vec<AuthProviderInfo>,
}

/// Lists the sign-in methods.
#[describe(operation("list_auth_providers", "auth"))]
pub(crate) async fn providers(state: State, Path(actor_type): Path<String>) -> Reply<Providers> {
    super::check_actor_type(&actor_type)?;
    // Clients of the reference make a button of each, and know forms and redirects. Passkeys have routes of their own.
    let listed = state.flows.auth().providers_of(&actor_type).filter(|provider| provider.flow() != Flow::Ceremony);
    let mut providers: Vec<_> = listed.map(AuthProviderInfo::of).collect();
    // The reference lists the provider first that was added last.
    providers.reverse();
    Ok(respond::json(&Providers { providers }))
}
