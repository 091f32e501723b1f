//! `POST /admin/invites`

use vestibule_core::{EmailAddress, Metadata};
use vestibule_flows::NewInvite;
use vestibule_rbac::read_role_ids;
use vestibule_user::Invite;
use vestibule_user::InviteField;

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Query, RawBody, body, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Invites a user.
    pub(crate) struct CreateInviteBody {
        /// The address to invite.
        email: EmailAddress,
        /// The ids of the roles that the user gets; by default the default roles.
        roles: Option<Vec<String>>,
        /// The data of programs.
        metadata: Option<Metadata>,
    }
}

/// Invites a user.
#[describe(operation("create_invite", "invites").query(&[FIELDS]).body::<CreateInviteBody>())]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Reply<One<Invite>> {
    let selection = read_selection::<InviteField>(&query)?;
    let body: CreateInviteBody = body.read()?;
    let roles = body.roles.as_deref().map(read_role_ids).transpose()?;
    let invite = NewInvite { email: body.email, roles, metadata: body.metadata };
    let invite = state.flows.invite(&invite, &caller.context).await?;
    Projection::of(&query, Kind::Invite, selection, &caller.permissions).one(&state, &invite).await
}
