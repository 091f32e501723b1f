//! `POST /admin/rbac/roles/{id}`

use vestibule_core::{MetadataPatch, Patch};
use vestibule_rbac::Role;
use vestibule_rbac::roles::UpdateRolesError;
use vestibule_rbac::{RoleField, UpdateRole, read_role_ids};

use super::parents;
use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Name, NotNull, Path, Query, RawBody, Text, body, read_selection};
use crate::respond::{One, Reply};
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
#[describe(operation("update_role", "roles").query(&[FIELDS]).body::<UpdateRoleBody>().errors(["404"]))]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<Role>> {
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
    Projection::of(&query, Kind::Role, selection, &caller.permissions).one(&state, &role).await
}
