//! `GET /admin/invites`

use vestibule_core::{Field, FindConfig};
use vestibule_user::Invite;
use vestibule_user::InviteField;

use super::States;
use crate::admin::relations::Projection;
use crate::batches;
use crate::openapi::{BY_CURSOR, LIST, describe};
use crate::request::{FindRequest, Kind, Listing, Query, Rows};
use crate::respond::{Many, Numbers, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

pub(super) const LISTING: Listing<InviteField> = Listing {
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
#[describe(operation("list_invites", "invites").query(States::PARAMETERS).query(LIST).query(BY_CURSOR))]
pub(crate) async fn list(state: State, caller: Authorized, mut query: Query) -> Reply<Many<Invite>> {
    let states = States::take(&mut query)?.filter(state.flows.environment().now());
    let FindRequest { filter, find, selection, limit, offset, has_next } = LISTING.read_by_cursor(&query, &[])?;
    let filter = states.and(filter);
    let projection = Projection::of(&query, Kind::Invite, selection, &caller.permissions);
    if batches::are_due(&find) {
        let page = state.flows.users().list_page_of_invite_ids(&filter, &find).await?;
        let read = move |state: State, ids: Vec<String>| {
            let permissions = caller.permissions.clone();
            async move {
                let (filter, find) = (InviteField::Id.is_in(ids), FindConfig::default().with_deleted());
                let (invites, _) = state.flows.list_and_count_invites(&filter, &find, &permissions).await?;
                Ok(invites)
            }
        };
        let numbers = Numbers::of(&page, &find.order, Rows { limit, offset }, has_next);
        return projection.batches(&state, &page.rows, numbers, read).await;
    }
    let page = state.flows.list_page_of_invites(&filter, &find, &caller.permissions).await?;
    projection.page(&state, &page.rows, Numbers::of(&page, &find.order, Rows { limit, offset }, has_next)).await
}
