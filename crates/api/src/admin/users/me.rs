//! `/admin/users/me`

use vestibule_user::User;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Path, Query, RawBody, read_selection};
use crate::respond::{Deleted, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::{Authorized, SignedInUser};

/// Retrieves the signed-in user.
#[describe(operation("retrieve_me", "users").query(&[FIELDS]))]
pub(crate) async fn me(state: State, caller: SignedInUser, query: Query) -> Reply<One<User>> {
    let selection = read_selection::<UserField>(&query)?;
    Projection::own(&query, selection, &caller.permissions).one(&state, &caller.user).await
}

// For changes and deletion `me` is an id like any other, as in the reference, and no user has it.

/// `POST /admin/users/me`
pub(crate) async fn update(state: State, caller: Authorized, query: Query, body: RawBody) -> Reply<One<User>> {
    super::update::update(state, caller, Path("me".to_owned()), query, body).await
}

/// `DELETE /admin/users/me`
pub(crate) async fn delete(state: State, caller: Authorized, query: Query) -> Reply<Deleted> {
    super::delete::delete(state, caller, Path("me".to_owned()), query).await
}
