//! `GET /admin/users/{id}/auth-providers`

use axum::response::Response;
use vestibule_flows::USER;

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// The providers by which a user can sign in.
#[utoipa::path(
    get, path = "/admin/users/{id}/auth-providers", operation_id = "list_auth_providers_of_user", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = schemas::ProviderNames), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn auth_providers(state: State, _: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    let providers = match super::id(&id) {
        Ok(id) => state.flows.auth().list_providers_of(USER, &id.to_string()).await?,
        Err(_) => Vec::new(),
    };
    Ok(respond::whole("providers", &providers))
}
