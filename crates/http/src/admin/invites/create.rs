//! `POST /admin/invites`

use axum::response::Response;
use vestibule_core::{EmailAddress, Metadata};
use vestibule_user::InviteField;

use crate::api::State;
use crate::caller::SignedIn;
use crate::request::{InvalidRequest, Query, RawBody, body, read_selection};
use crate::{ApiError, respond, schemas};

body! {
    /// Invites somebody.
    pub(crate) struct CreateInviteBody {
        /// Whom.
        email: EmailAddress,
        /// Roles are not there yet: only an empty list is taken.
        roles: Option<Vec<String>>,
        /// Whatever programs keep here.
        metadata: Option<Metadata>,
    }
}

/// Invites somebody.
#[utoipa::path(
    post, path = "/admin/invites", operation_id = "create_invite", tag = "invites", params(schemas::FieldsParameter), request_body = CreateInviteBody,
    responses((status = 200, body = schemas::OneInvite), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn create(state: State, caller: SignedIn, query: Query, body: RawBody) -> Result<Response, ApiError> {
    let selection = read_selection::<InviteField>(&query)?;
    let body: CreateInviteBody = body.read()?;
    if body.roles.is_some_and(|roles| !roles.is_empty()) {
        return Err(InvalidRequest::new("Roles are not supported yet: leave field 'roles' out").into());
    }
    let invite = state.flows.invite(body.email, body.metadata, Some(caller.user.id)).await?;
    Ok(respond::one("invite", &invite, &selection))
}
