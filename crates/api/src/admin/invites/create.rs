//! `POST /admin/invites`

use axum::response::Response;
use vestibule_core::{EmailAddress, Metadata};
use vestibule_flows::NewInvite;
use vestibule_rbac::read_role_ids;
use vestibule_user::InviteField;

use crate::admin::relations::Projection;
use crate::request::{Kind, Query, RawBody, body, read_selection};
use crate::schemas;
use vestibule_web::Problem;
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
#[utoipa::path(
    post, path = "/admin/invites", operation_id = "create_invite", tag = "invites", params(schemas::FieldsParameter), request_body = CreateInviteBody,
    responses((status = 200, body = schemas::OneInvite), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Result<Response, Problem> {
    let selection = read_selection::<InviteField>(&query)?;
    let body: CreateInviteBody = body.read()?;
    let roles = body.roles.as_deref().map(read_role_ids).transpose()?;
    let invite = NewInvite { email: body.email, roles, metadata: body.metadata };
    let invite = state.flows.invite(&invite, &caller.context).await?;
    Ok(Projection::of(&query, Kind::Invite, selection, &caller.permissions).one(&state, "invite", &invite).await?)
}
