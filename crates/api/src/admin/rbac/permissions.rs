//! `GET /admin/rbac/me/permissions`

use crate::openapi::describe;
use crate::respond::{self, Reply};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

#[derive(Serialize, ToSchema)]
pub(crate) struct MyPermissions {
    /// Sorted; a wildcard is expanded to every policy that it covers.
    #[schema(example = json!(["invite:read", "user:read"]))]
    permissions: Vec<String>,
}

/// Lists the caller's permissions.
#[describe(operation("list_my_permissions", "roles"))]
pub(crate) async fn permissions(state: State, caller: Authorized) -> Reply<MyPermissions> {
    let permissions = state.flows.rbac().spell_out(state.flows.database(), &caller.permissions).await?;
    Ok(respond::json(&MyPermissions { permissions }))
}
