//! `GET /admin/rbac/roles/{id}/users`

use axum::response::Response;
use vestibule_user::{UserField, UserId};

use crate::admin::rbac::roles;
use crate::admin::relations::Projection;
use crate::admin::users;
use crate::request::{Kind, Parameters, Path, Query};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Lists the users of a role, in the order in which they got it.
#[utoipa::path(
    get, path = "/admin/rbac/roles/{id}/users", operation_id = "list_role_users", tag = "roles",
    params(("id" = String, Path), schemas::roles::UserParameter, schemas::roles::PageParameters),
    responses((status = 200, body = schemas::Users), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
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
    projection.batches(&state, "users", page, (offset, limit), users::by_ids).await
}
