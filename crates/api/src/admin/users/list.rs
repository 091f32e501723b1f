//! `GET /admin/users`

use vestibule_user::User;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::admin::users;
use crate::batches;
use crate::openapi::{BY_CURSOR, LIST, describe};
use crate::request::{FindRequest, Kind, Listing, Query, Rows};
use crate::respond::{Many, Numbers, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

pub(super) const LISTING: Listing<UserField> = Listing {
    fields: &[
        UserField::Id,
        UserField::CreatedAt,
        UserField::UpdatedAt,
        UserField::DeletedAt,
        UserField::LockedAt,
        UserField::LastSeenAt,
        UserField::Email,
        UserField::FirstName,
        UserField::LastName,
    ],
    search: true,
    limit: 50,
};

/// Lists users.
#[describe(operation("list_users", "users").query(LIST).query(BY_CURSOR))]
pub(crate) async fn list(state: State, caller: Authorized, query: Query) -> Reply<Many<User>> {
    let FindRequest { filter, find, selection, limit, offset, has_next } = LISTING.read_by_cursor(&query, &[])?;
    let projection = Projection::of(&query, Kind::User, selection, &caller.permissions);
    if batches::are_due(&find) {
        let page = state.flows.users().list_page_of_user_ids(&filter, &find).await?;
        let numbers = Numbers::of(&page, &find.order, Rows { limit, offset }, has_next);
        return projection.batches(&state, &page.rows, numbers, users::by_ids).await;
    }
    let page = state.flows.users().list_page_of_users(&filter, &find).await?;
    projection.page(&state, &page.rows, Numbers::of(&page, &find.order, Rows { limit, offset }, has_next)).await
}
