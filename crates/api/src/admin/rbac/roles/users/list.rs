//! `GET /admin/rbac/roles/{id}/users`

use vestibule_core::FindConfig;
use vestibule_flows::FIRST_ASSIGNED_FIRST;
use vestibule_user::User;
use vestibule_user::{UserField, UserId};

use crate::admin::rbac::roles;
use crate::admin::relations::Projection;
use crate::admin::users;
use crate::openapi::{BY_CURSOR, PAGE, QueryParameter, describe};
use crate::request::{Kind, Parameters, Path, Query, Rows};
use crate::respond::{Many, Numbers, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

const PARAMETERS: &[QueryParameter] = &[QueryParameter::text("user_id", "Only this user; several as `user_id[]=…`.")];

/// Lists the users of a role, in the order in which they got it.
#[describe(operation("list_role_users", "roles").query(PARAMETERS).query(PAGE).query(BY_CURSOR).errors(["404"]))]
pub(crate) async fn list(state: State, caller: Authorized, Path(id): Path<String>, query: Query) -> Reply<Many<User>> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<UserField>();
    let rows = Rows::of(&mut parameters);
    let (after, has_next) = parameters.after(&FIRST_ASSIGNED_FIRST, rows.offset);
    let counting = parameters.counting();
    let named = parameters.texts("user_id");
    let (selection, named) = parameters.finish((selection, named))?;
    let role = state.flows.rbac().retrieve_rbac_role(&roles::id(&id)?).await?;
    // Text that is not an id matches no user.
    let ids: Vec<UserId> = named.iter().filter_map(|id| id.parse().ok()).collect();
    let only = (!named.is_empty()).then_some(ids.as_slice());
    let find = FindConfig { after, counting, ..FindConfig::default().page(rows.offset, rows.limit) };
    let page = state.flows.list_page_of_ids_of_users_of_role(&role.id, only, &find).await?;
    let projection = Projection::of(&query, Kind::User, selection, &caller.permissions);
    let numbers = Numbers::of(&page, &FIRST_ASSIGNED_FIRST, rows, has_next);
    projection.batches(&state, &page.rows, numbers, users::by_ids).await
}
