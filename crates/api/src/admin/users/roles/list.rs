//! `GET /admin/users/{id}/roles`

use vestibule_rbac::Role;
use vestibule_rbac::RoleField;

use crate::admin::relations::Projection;
use crate::admin::users;
use crate::openapi::{PAGE, describe};
use crate::request::{Kind, Parameters, Path, Query};
use crate::respond::{Many, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the roles of a user, in the order in which they were granted.
#[describe(operation("list_user_roles", "users").query(PAGE))]
pub(crate) async fn list(state: State, caller: Authorized, Path(id): Path<String>, query: Query) -> Reply<Many<Role>> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<RoleField>();
    let (offset, limit) = (parameters.count("offset", 0), parameters.limit(50));
    let (selection, offset, limit) = parameters.finish((selection, offset, limit))?;
    // Text that is not an id matches no user.
    let roles = match users::id(&id) {
        Ok(user) => state.flows.rbac().roles_of(state.flows.database(), &user.to_string()).await?,
        Err(_) => Vec::new(),
    };
    let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let count = roles.len() as u64;
    let page: Vec<_> = roles.into_iter().skip(size(offset)).take(size(limit)).collect();
    let projection = Projection::of(&query, Kind::Role, selection, &caller.permissions);
    projection.page(&state, &page, (count, offset, limit)).await
}
