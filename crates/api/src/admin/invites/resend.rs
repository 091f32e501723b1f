//! `POST /admin/invites/{id}/resend`

use vestibule_user::Invite;
use vestibule_user::InviteField;
use vestibule_user::invites::RefreshInvitesError;

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Path, Query, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Sends an invite again, with a new token and a new expiry. The old token no longer works.
#[describe(operation("resend_invite", "invites").query(&[FIELDS]))]
pub(crate) async fn resend(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<One<Invite>> {
    let selection = read_selection::<InviteField>(&query)?;
    let id = super::id(&id).map_err(|_| RefreshInvitesError::NotPending { ids: vec![id] })?;
    let invite = state.flows.resend_invite(id, &caller.context).await?;
    Projection::of(&query, Kind::Invite, selection, &caller.permissions).one(&state, &invite).await
}
