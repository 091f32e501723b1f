//! `GET /admin/invites/{id}`

use vestibule_user::Invite;
use vestibule_user::InviteField;
use vestibule_user::invites::RetrieveInviteError;

use super::States;
use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Path, Query, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves an invite; by default only if it is pending or expired.
#[describe(operation("retrieve_invite", "invites").query(States::PARAMETERS).query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn retrieve(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    mut query: Query,
) -> Reply<One<Invite>> {
    let states = States::take(&mut query)?;
    let selection = read_selection::<InviteField>(&query)?;
    let invite = state.flows.retrieve_invite(super::id(&id)?, &caller.permissions).await?;
    if !states.contains(invite.state) {
        return Err(RetrieveInviteError::NotFound { id }.into());
    }
    Projection::of(&query, Kind::Invite, selection, &caller.permissions).one(&state, &invite).await
}
