//! What is shown of roles: their fields, and their policies and parents where those are asked for.

use serde_json::{Map, Value as Json, json};
use vestibule_core::Selection;
use vestibule_database::Error;
use vestibule_rbac::{RbacModule, Role, RoleField};

use crate::api::State;
use crate::request::{Query, Relation};

/// What is asked for.
pub(crate) struct Shown {
    selection: Selection<RoleField>,
    policies: Option<Relation>,
    parents: Option<Relation>,
}

impl Shown {
    /// Reads it.
    pub(crate) fn of(query: &Query, selection: Selection<RoleField>) -> Self {
        let (policies, parents) = (Relation::of(query, "policies"), Relation::of(query, "parents"));
        Self { selection, policies, parents }
    }

    /// Roles, as they are asked for.
    pub(crate) async fn all(&self, state: &State, roles: &[Role]) -> Result<Vec<Json>, Error> {
        let mut shown = Vec::with_capacity(roles.len());
        for role in roles {
            shown.push(self.one(state, role).await?);
        }
        Ok(shown)
    }

    /// A role, as it is asked for.
    pub(crate) async fn one(&self, state: &State, role: &Role) -> Result<Json, Error> {
        let rbac: &RbacModule = state.flows.rbac();
        let mut shown = object(json!(role));
        self.selection.apply(&mut shown);
        if let Some(relation) = &self.policies {
            let held = rbac.list_policies_for_role(state.flows.database(), &role.id).await?;
            let policies = held.into_iter().map(|held| {
                let mut policy = object(json!(held.policy));
                // As in the reference.
                policy.remove("deleted_at");
                policy.insert("inherited_from_role_id".into(), json!(held.inherited_from));
                relation.apply(&mut policy);
                Json::Object(policy)
            });
            shown.insert("policies".into(), policies.collect());
        }
        if let Some(relation) = &self.parents {
            let parents = rbac.parents_of_role(state.flows.database(), &role.id).await?;
            let parents = parents.into_iter().map(|parent| {
                let mut parent = object(json!(parent));
                relation.apply(&mut parent);
                Json::Object(parent)
            });
            shown.insert("parents".into(), parents.collect());
        }
        Ok(Json::Object(shown))
    }
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(object) => object,
        _ => Map::new(),
    }
}
