//! `POST /admin/rbac/roles/{id}`

use axum::response::Response;
use vestibule_core::{MetadataPatch, Patch};
use vestibule_rbac::roles::UpdateRolesError;
use vestibule_rbac::{RoleField, UpdateRole, read_role_ids};

use super::parents;
use crate::admin::relations::Projection;
use crate::request::{Kind, Name, NotNull, Path, Query, RawBody, Text, body, read_selection};
use crate::schemas;
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Updates a role. Absent fields keep their value, null clears it.
    pub(crate) struct UpdateRoleBody {
        /// Its name, which is unique.
        name: NotNull<Name>,
        /// The only role whose policies it inherits; null for none. Not together with `parent_ids`.
        parent_id: Patch<String>,
        /// The roles whose policies it inherits, in place of the present ones.
        parent_ids: NotNull<Vec<String>>,
        /// What it is for.
        description: Patch<Text<0, 2000>>,
        /// Merged key by key: an empty text removes a key, null removes all.
        metadata: MetadataPatch,
        /// Whether its users must have a second factor.
        requires_mfa: NotNull<bool>,
    }
}

/// Updates a role. The caller must have every policy that the role gains or loses.
#[utoipa::path(
    post, path = "/admin/rbac/roles/{id}", operation_id = "update_role", tag = "roles",
    params(("id" = String, Path), schemas::FieldsParameter), request_body = UpdateRoleBody,
    responses((status = 200, body = schemas::roles::OneRole), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 403, body = schemas::Error), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Result<Response, Problem> {
    let selection = read_selection::<RoleField>(&query)?;
    let body: UpdateRoleBody = body.read()?;
    let one = match body.parent_id {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(parent) => Some(Some(parent)),
    };
    let parents = parents(one, body.parent_ids.0)?;
    let update = UpdateRole {
        name: body.name.0.map(Into::into),
        description: body.description.map(Into::into),
        metadata: body.metadata,
        parent_ids: parents.as_deref().map(read_role_ids).transpose()?,
        requires_mfa: body.requires_mfa.0,
        ..UpdateRole::new(id.parse().map_err(|_| UpdateRolesError::NotFound { id })?)
    };
    let role = state.flows.update_role(&update, &caller.context).await?;
    Ok(Projection::of(&query, Kind::Role, selection, &caller.permissions).one(&state, "role", &role).await?)
}
