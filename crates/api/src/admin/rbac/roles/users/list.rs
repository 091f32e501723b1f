//! `GET /admin/rbac/roles/{id}/users`

use vestibule_user::User;
use vestibule_user::{UserField, UserId};

use crate::admin::rbac::roles;
use crate::admin::relations::Projection;
use crate::admin::users;
use crate::openapi::{PAGE, QueryParameter, describe};
use crate::request::{Kind, Parameters, Path, Query};
use crate::respond::{Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

const PARAMETERS: &[QueryParameter] = &[QueryParameter::text("user_id", "Only this user; several as `user_id[]=…`.")];

/// Lists the users of a role, in the order in which they got it.
#[describe(operation("list_role_users", "roles").query(PARAMETERS).query(PAGE).errors(["404"]))]
pub(crate) async fn list(state: State, caller: Authorized, Path(id): Path<String>, query: Query) -> Reply<Many<User>> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<UserField>();
    let (offset, limit) = (parameters.count("offset", 0), parameters.limit(50));
    let named = parameters.texts("user_id");
    let (selection, offset, limit, named) = parameters.finish((selection, offset, limit, named))?;
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    // Text that is not an id matches no user.
    let ids: Vec<UserId> = named.iter().filter_map(|id| id.parse().ok()).collect();
    let only = (!named.is_empty()).then_some(ids.as_slice());
    let page = state.flows.list_and_count_ids_of_users_of_role(&role.id, only, offset, limit).await?;
    let projection = Projection::of(&query, Kind::User, selection, &caller.permissions);
    projection.batches(&state, page, (offset, limit), users::by_ids).await
}
