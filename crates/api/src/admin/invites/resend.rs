//! `POST /admin/invites/{id}/resend`

use axum::response::Response;
use vestibule_user::InviteField;
use vestibule_user::invites::RefreshInvitesError;

use crate::admin::relations::Projection;
use crate::request::{Kind, Path, Query, read_selection};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Sends an invite again, with a new token and a new expiry. The old token no longer works.
#[utoipa::path(
    post, path = "/admin/invites/{id}/resend", operation_id = "resend_invite", tag = "invites", params(("id" = String, Path), schemas::FieldsParameter),
    responses((status = 200, body = schemas::OneInvite), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn resend(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let selection = read_selection::<InviteField>(&query)?;
    let id = super::id(&id).map_err(|_| RefreshInvitesError::NotPending { ids: vec![id] })?;
    let invite = state.flows.resend_invite(id, &caller.context).await?;
    Ok(Projection::of(&query, Kind::Invite, selection, &caller.permissions).one(&state, "invite", &invite).await?)
}
