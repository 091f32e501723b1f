//! `POST /admin/rbac/roles`

use vestibule_core::Metadata;
use vestibule_rbac::Role;
use vestibule_rbac::{CreateRole, RoleField, read_policy_ids, read_role_ids};

use super::parents;
use crate::admin::relations::Projection;
use crate::openapi::{FIELDS, describe};
use crate::request::{Kind, Name, Query, RawBody, Text, body, read_selection};
use crate::respond::{One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Creates a role.
    pub(crate) struct CreateRoleBody {
        /// Its name, which is unique.
        name: Name,
        /// A role whose policies it inherits. Not together with `parent_ids`.
        parent_id: Option<String>,
        /// The roles whose policies it inherits.
        parent_ids: Option<Vec<String>>,
        /// What it is for.
        description: Option<Text<0, 2000>>,
        /// The data of programs.
        metadata: Option<Metadata>,
        /// The ids of its own policies.
        policy_ids: Option<Vec<String>>,
        /// Whether its users must have a second factor.
        requires_mfa: Option<bool>,
    }
}

/// Creates a role. The caller must have every policy that it grants.
#[describe(operation("create_role", "roles").query(&[FIELDS]).body::<CreateRoleBody>().errors(["404"]))]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Reply<One<Role>> {
    let selection = read_selection::<RoleField>(&query)?;
    let body: CreateRoleBody = body.read()?;
    let parents = parents(body.parent_id.map(Some), body.parent_ids)?.unwrap_or_default();
    let role = CreateRole {
        description: body.description.map(Into::into),
        metadata: body.metadata,
        policy_ids: read_policy_ids(&body.policy_ids.unwrap_or_default())?,
        parent_ids: read_role_ids(&parents)?,
        requires_mfa: body.requires_mfa.unwrap_or_default(),
        ..CreateRole::new(String::from(body.name))
    };
    let role = state.flows.create_role(&role, &caller.context).await?;
    Projection::of(&query, Kind::Role, selection, &caller.permissions).one(&state, &role).await
}
