//! `/admin/users/{id}/mfa`, which the reference lacks: for users who have lost their second factor.

use axum::response::Response;

use crate::request::Path;
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the second factors of a user, without their secrets, including removed ones.
#[utoipa::path(
    get, path = "/admin/users/{id}/mfa", operation_id = "list_mfa_factors_of_user", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = schemas::MfaFactors), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, _: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    let factors = state.flows.list_mfas_of_user(super::id(&id)?).await?;
    Ok(respond::whole("mfa_factors", &factors))
}

/// Removes all second factors, recovery codes and open challenges of a user. The caller must have every permission of the user. To remove your own, use `/auth/mfa/factors/{id}`.
#[utoipa::path(
    delete, path = "/admin/users/{id}/mfa", operation_id = "reset_mfa_of_user", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = schemas::Deleted), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn reset(state: State, caller: Authorized, Path(id): Path<String>) -> Result<Response, Problem> {
    state.flows.reset_mfa(super::id(&id)?, &caller.context).await?;
    Ok(respond::deleted(&id, "user_mfa"))
}
