//! `GET /admin/users/{id}/identities`

use crate::auth::identities::LinkedIdentities;
use crate::openapi::describe;
use crate::request::Path;
use crate::respond::Reply;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the sign-in methods of a user, with when each was added and last used.
#[describe(operation("list_identities_of_user", "users").errors(["404"]))]
pub(crate) async fn list(state: State, _: Authorized, Path(id): Path<String>) -> Reply<LinkedIdentities> {
    Ok(LinkedIdentities::respond(state.flows.list_sign_in_methods_of_user(super::id(&id)?).await?))
}
