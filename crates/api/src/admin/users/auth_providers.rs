//! `GET /admin/users/{id}/auth-providers`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_flows::USER;

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderNames {
    #[schema(example = json!(["emailpass"]))]
    providers: Vec<String>,
}

/// The providers by which a user can sign in.
#[describe(operation("list_auth_providers_of_user", "users"))]
pub(crate) async fn auth_providers(state: State, _: Authorized, Path(id): Path<String>) -> Reply<ProviderNames> {
    let providers = match super::id(&id) {
        Ok(id) => state.flows.auth().list_providers_of(USER, &id.to_string()).await?,
        Err(_) => Vec::new(),
    };
    Ok(respond::json(&ProviderNames { providers }))
}
