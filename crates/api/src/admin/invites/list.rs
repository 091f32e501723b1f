//! `GET /admin/invites`

use axum::response::Response;
use vestibule_core::{Field, FindConfig};
use vestibule_user::InviteField;

use super::States;
use crate::admin::relations::Projection;
use crate::request::{FindRequest, Kind, Listing, Query};
use crate::{batches, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

const LISTING: Listing<InviteField> = Listing {
    fields: &[
        InviteField::Id,
        InviteField::Email,
        InviteField::CreatedAt,
        InviteField::UpdatedAt,
        InviteField::DeletedAt,
        InviteField::ExpiresAt,
        InviteField::SentAt,
        InviteField::AcceptedAt,
        InviteField::RevokedAt,
        InviteField::InvitedBy,
        InviteField::AcceptedBy,
        InviteField::UserId,
    ],
    search: true,
    limit: 50,
};

/// Lists invites; by default the pending and the expired ones.
#[utoipa::path(
    get, path = "/admin/invites", operation_id = "list_invites", tag = "invites", params(schemas::StateParameter, schemas::ListParameters),
    responses((status = 200, body = schemas::Invites), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, caller: Authorized, mut query: Query) -> Result<Response, Problem> {
    let states = States::take(&mut query)?.filter(state.flows.environment().now());
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let projection = Projection::of(&query, Kind::Invite, selection, &caller.permissions);
    if batches::are_due(&find) {
        let page = state.flows.users().list_and_count_invite_ids(&states.and(filter), &find).await?;
        let read = move |state: State, ids: Vec<String>| {
            let permissions = caller.permissions.clone();
            async move {
                let (filter, find) = (InviteField::Id.is_in(ids), FindConfig::default().with_deleted());
                let (invites, _) = state.flows.list_and_count_invites(&filter, &find, &permissions).await?;
                Ok(invites)
            }
        };
        return projection.batches(&state, "invites", page, (offset, limit), read).await;
    }
    let (invites, count) = state.flows.list_and_count_invites(&states.and(filter), &find, &caller.permissions).await?;
    Ok(projection.page(&state, "invites", &invites, (count, offset, limit)).await?)
}
