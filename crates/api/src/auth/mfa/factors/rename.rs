//! `POST /auth/mfa/factors/{id}`

use axum::response::Response;

use crate::request::{Name, Path, RawBody, body};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Renames a second factor.
    pub(crate) struct RenameMfaBody {
        /// The new name. No other second factor of the same provider has it.
        name: Name,
    }
}

/// Renames a second factor of the caller.
#[utoipa::path(
    post, path = "/auth/mfa/factors/{id}", operation_id = "rename_mfa_factor", tag = "mfa", params(("id" = String, Path)), request_body = RenameMfaBody,
    responses((status = 200, body = schemas::OneMfaFactor), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error), (status = 422, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn rename(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Result<Response, Problem> {
    let body: RenameMfaBody = body.read()?;
    let id = super::id(&id)?;
    let factor = state.flows.rename_mfa(&caller.caller, &caller.context, id, body.name.as_str()).await?;
    Ok(respond::whole("mfa_factor", &factor))
}
