//! `GET /admin/rbac/roles/{id}/users`

use axum::response::Response;
use vestibule_user::UserField;

use crate::admin::rbac::roles;
use crate::admin::users::Shown;
use crate::api::State;
use crate::caller::Admitted;
use crate::request::find::MAX_TAKE;
use crate::request::{Parameters, Path, Query};
use crate::{ApiError, schemas};

/// Lists the users who have a role, in the order in which they got it.
#[utoipa::path(
    get, path = "/admin/rbac/roles/{id}/users", operation_id = "list_role_users", tag = "roles",
    params(("id" = String, Path), schemas::roles::UserParameter, schemas::roles::PageParameters),
    responses((status = 200, body = schemas::Users), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn list(
    state: State,
    asker: Admitted,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, ApiError> {
    let mut parameters = Parameters::of(&query);
    let selection = parameters.selection::<UserField>();
    let (offset, limit) = (parameters.count("offset", 0), parameters.count("limit", 50));
    let user = parameters.text("user_id");
    let (selection, offset, limit, user) = parameters.finish((selection, offset, limit, user))?;
    let only = user.map(str::parse).transpose();
    let (users, count) = match (roles::id(&id), only) {
        (Ok(role), Ok(only)) => {
            state.flows.list_and_count_users_of_role(&role, only, offset, limit.min(MAX_TAKE)).await?
        }
        // A role that is not there is nobody's, and nobody has a role.
        _ => (Vec::new(), 0),
    };
    let shown = Shown::of(&query, selection, &asker.permissions);
    Ok(shown.page(&state, &users, (count, offset, limit)).await?)
}
