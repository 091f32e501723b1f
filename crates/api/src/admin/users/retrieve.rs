//! `GET /admin/users/{id}`

use vestibule_user::User;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Path, Query, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves a user.
#[describe(operation("retrieve_user", "users").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn retrieve(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<One<User>> {
    let selection = read_selection::<UserField>(&query)?;
    let user = state.flows.users().retrieve_user(super::id(&id)?).await?;
    Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, &user).await
}
