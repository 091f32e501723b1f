//! The roles that a source has with what they allow: they are created here before the users who have them.

use std::collections::HashMap;

use vestibule_core::{Field, FindConfig};
use vestibule_flows::Context;
use vestibule_rbac::{CreatePolicy, CreateRole, PolicyField, PolicyId, RoleField, RoleId};

use super::{ImportError, Importer};
use crate::reason::Reason;
use crate::report::Line;
use crate::source::{SourceOptions, SourceRole, open};

/// Our roles for those of the source.
#[derive(Default)]
pub(super) struct SettledRoles {
    /// By the id there; nothing if the source has no roles.
    pub(super) ours: Option<HashMap<String, Vec<RoleId>>>,
    pub(super) lines: Vec<Line>,
}

impl Importer {
    /// Finds or creates the roles of a source. A trial creates none.
    pub(super) async fn settle_roles(
        &self,
        source: &SourceOptions,
        is_trial: bool,
    ) -> Result<SettledRoles, ImportError> {
        let Some(roles) = open(source, None).await?.roles() else { return Ok(SettledRoles::default()) };
        let (mut ours, mut lines) = (HashMap::new(), Vec::new());
        for role in roles {
            let mapped = source.map.roles(&role.name).or_else(|| source.map.roles(&role.id));
            let (ids, result, detail) = match (mapped, self.find_role(&role).await?) {
                (Some(ids), _) => (ids, "exists", "as the map says".to_owned()),
                (None, Some(id)) => (vec![id.clone()], "exists", format!("{id} has this name: it stays as it is")),
                (None, None) if is_trial => (Vec::new(), "created", String::new()),
                (None, None) => match self.create_role(&role).await {
                    Ok(id) => (vec![id.clone()], "created", id.to_string()),
                    Err(reason) => (Vec::new(), "left_out", reason),
                },
            };
            let (place, id, address) = (role.id.clone(), role.id.clone(), role.name);
            let reasons = (!detail.is_empty()).then_some(Reason::Said(detail)).into_iter().collect();
            lines.push(Line { place, kind: "role", id, address, result, reasons });
            ours.insert(role.id, ids);
        }
        Ok(SettledRoles { ours: Some(ours), lines })
    }

    /// The role of this id, or of this name.
    async fn find_role(&self, role: &SourceRole) -> Result<Option<RoleId>, ImportError> {
        let rbac = self.flows.rbac();
        if let Ok(id) = role.id.parse::<RoleId>()
            && rbac.find_role_within(self.flows.database(), &id).await?.is_some()
        {
            return Ok(Some(id));
        }
        let named = rbac.list_rbac_roles(&RoleField::Name.eq(role.name.clone()), &FindConfig::default()).await?;
        Ok(named.into_iter().next().map(|role| role.id))
    }

    /// Creates a role with what it allows there, or says why not.
    async fn create_role(&self, role: &SourceRole) -> Result<RoleId, String> {
        let mut create = CreateRole::new(role.name.clone());
        create.description.clone_from(&role.description);
        for (resource, operation) in &role.policies {
            create.policy_ids.push(self.policy(resource, operation).await?);
        }
        create.policy_ids.sort();
        create.policy_ids.dedup();
        let created = self.flows.create_role(&create, &Context::operator()).await;
        created.map(|role| role.id).map_err(|error| error.to_string())
    }

    /// The policy for this, which is created where there is none: another program may ask for it.
    async fn policy(&self, resource: &str, operation: &str) -> Result<PolicyId, String> {
        let create = CreatePolicy::new(resource, operation);
        let filter = PolicyField::Key.eq(create.key.clone());
        let found = self.flows.rbac().list_rbac_policies(&filter, &FindConfig::default()).await;
        if let Some(policy) = found.map_err(|error| error.to_string())?.into_iter().next() {
            return Ok(policy.id);
        }
        let created = self.flows.create_policy(&create, &Context::operator()).await;
        created.map(|policy| policy.id).map_err(|error| error.to_string())
    }
}
