//! `POST /admin/users/{id}/lock` and `/unlock`, which the reference lacks.

use vestibule_user::User;
use vestibule_user::UserField;

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Path, Query, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Locks a user and ends their sessions. `revoke_api_keys=true` also revokes the API keys that the user created.
#[describe(operation("lock_user", "users").query(super::keys::PARAMETERS).query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn lock(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    mut query: Query,
) -> Reply<One<User>> {
    let keys = super::keys::take(&mut query)?;
    let selection = read_selection::<UserField>(&query)?;
    let user = state.flows.lock_user_and_keys(super::id(&id)?, keys, &caller.context).await?;
    Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, &user).await
}

/// Unlocks a user.
#[describe(operation("unlock_user", "users").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn unlock(state: State, caller: Authorized, Path(id): Path<String>, query: Query) -> Reply<One<User>> {
    let selection = read_selection::<UserField>(&query)?;
    let user = state.flows.unlock_user(super::id(&id)?, &caller.context).await?;
    Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, &user).await
}
