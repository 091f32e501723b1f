//! `GET /admin/users`

use vestibule_user::User;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::admin::users;
use crate::batches;
use crate::openapi::{LIST, describe};
use crate::request::{FindRequest, Kind, Listing, Query};
use crate::respond::{Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

const LISTING: Listing<UserField> = Listing {
    fields: &[
        UserField::Id,
        UserField::CreatedAt,
        UserField::UpdatedAt,
        UserField::DeletedAt,
        UserField::LockedAt,
        UserField::Email,
        UserField::FirstName,
        UserField::LastName,
    ],
    search: true,
    limit: 50,
};

/// Lists users.
#[describe(operation("list_users", "users").query(LIST))]
pub(crate) async fn list(state: State, caller: Authorized, query: Query) -> Reply<Many<User>> {
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let projection = Projection::of(&query, Kind::User, selection, &caller.permissions);
    if batches::are_due(&find) {
        let page = state.flows.users().list_and_count_user_ids(&filter, &find).await?;
        return projection.batches(&state, page, (offset, limit), users::by_ids).await;
    }
    let (users, count) = state.flows.users().list_and_count_users(&filter, &find).await?;
    projection.page(&state, &users, (count, offset, limit)).await
}
