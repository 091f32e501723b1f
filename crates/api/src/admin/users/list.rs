//! `GET /admin/users`

use axum::response::Response;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::admin::users;
use crate::request::{FindRequest, Kind, Listing, Query};
use crate::{batches, schemas};
use vestibule_web::Problem;
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
#[utoipa::path(
    get, path = "/admin/users", operation_id = "list_users", tag = "users", params(schemas::ListParameters),
    responses((status = 200, body = schemas::Users), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(state: State, caller: Authorized, query: Query) -> Result<Response, Problem> {
    let FindRequest { filter, find, selection, limit, offset } = LISTING.read(&query)?;
    let projection = Projection::of(&query, Kind::User, selection, &caller.permissions);
    if batches::are_due(&find) {
        let page = state.flows.users().list_and_count_user_ids(&filter, &find).await?;
        return projection.batches(&state, "users", page, (offset, limit), users::by_ids).await;
    }
    let (users, count) = state.flows.users().list_and_count_users(&filter, &find).await?;
    Ok(projection.page(&state, "users", &users, (count, offset, limit)).await?)
}
