//! `POST /admin/users/{id}`

use vestibule_core::{MetadataPatch, Patch};
use vestibule_user::User;
use vestibule_user::{UpdateUser, UserField};

use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Name, Path, Query, RawBody, Text, Url, body, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Updates a user. Absent fields keep their value, null clears it.
    pub(crate) struct UpdateUserBody {
        /// The given name.
        first_name: Patch<Name>,
        /// The family name.
        last_name: Patch<Name>,
        /// The address of a picture.
        avatar_url: Patch<Url>,
        /// The telephone number.
        phone: Patch<Text<0, 50>>,
        /// Merged key by key: an empty text removes a key, null removes all.
        metadata: MetadataPatch,
    }
}

/// Updates a user.
#[describe(operation("update_user", "users").query(&[FIELDS]).body::<UpdateUserBody>().errors(["404"]))]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<User>> {
    let selection = read_selection::<UserField>(&query)?;
    let body: UpdateUserBody = body.read()?;
    let update = UpdateUser {
        first_name: body.first_name.map(Into::into),
        last_name: body.last_name.map(Into::into),
        avatar_url: body.avatar_url.map(Into::into),
        phone: body.phone.map(Into::into),
        metadata: body.metadata,
        ..UpdateUser::new(super::id(&id)?)
    };
    let user = state.flows.update_user_account(&update, &caller.context).await?;
    Projection::of(&query, Kind::User, selection, &caller.permissions).one(&state, &user).await
}
