//! `GET /admin/invites/{id}`

use axum::response::Response;
use vestibule_user::InviteField;
use vestibule_user::invites::RetrieveInviteError;

use super::States;
use crate::admin::relations::Projection;
use crate::request::{Kind, Path, Query, read_selection};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves an invite; by default only if it is pending or expired.
#[utoipa::path(
    get, path = "/admin/invites/{id}", operation_id = "retrieve_invite", tag = "invites",
    params(("id" = String, Path), schemas::StateParameter, schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneInvite), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn retrieve(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let states = States::take(&mut query)?;
    let selection = read_selection::<InviteField>(&query)?;
    let invite = state.flows.retrieve_invite(super::id(&id)?, &caller.permissions).await?;
    if !states.contains(invite.state) {
        return Err(RetrieveInviteError::NotFound { id }.into());
    }
    Ok(Projection::of(&query, Kind::Invite, selection, &caller.permissions).one(&state, "invite", &invite).await?)
}
