//! The roles of an installation with Medusa's Enterprise RBAC module. Their form is from its documentation alone: it was not run.
//!
//! A plain installation has the two tables that link roles to users and invites, empty, and no roles.

use std::collections::HashMap;

use super::super::tables::Tables;
use super::super::{SourceError, SourceRole};
use crate::reason::Reason;
use crate::record::Record;

/// The tables that say who has a role: two in releases up to 2.21, one in later ones.
const LINKS: [&str; 3] = ["user_rbac_role", "invite_rbac_role", "rbac_role_assignment"];

pub(super) struct Roles {
    pub(super) roles: Vec<SourceRole>,
    /// The ids of roles by that of a user or an invite.
    holders: HashMap<String, Vec<String>>,
    /// Likewise, where a role counts for a part of the data alone.
    scoped: HashMap<String, Vec<String>>,
}

impl Roles {
    /// Reads all of them; nothing where there is no such module.
    pub(super) async fn read(tables: &Tables) -> Result<Option<Self>, SourceError> {
        if !tables.has("rbac_role").await? {
            return Ok(None);
        }
        let policies = all(tables, "rbac_policy").await?;
        let policies: HashMap<String, (String, String)> = policies
            .iter()
            .filter_map(|row| Some((row.text("id")?, (row.text("resource")?, row.text("operation")?))))
            .collect();
        let mut given: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for row in all(tables, "rbac_role_policy").await? {
            let policy = row.text("policy_id").and_then(|id| policies.get(&id).cloned());
            if let (Some(role), Some(policy)) = (row.text("role_id"), policy) {
                given.entry(role).or_default().push(policy);
            }
        }
        let mut roles = Vec::new();
        for row in all(tables, "rbac_role").await? {
            let id = row.text("id").unwrap_or_default();
            roles.push(SourceRole {
                name: row.text("name").unwrap_or_else(|| id.clone()),
                description: row.text("description"),
                policies: given.remove(&id).unwrap_or_default(),
                id,
            });
        }
        let (mut holders, mut scoped) = (HashMap::new(), HashMap::new());
        for table in LINKS {
            for row in all(tables, table).await? {
                let role = row.text("rbac_role_id").or_else(|| row.text("role_id"));
                if let (Some(holder), Some(role)) = (holder(&row), role) {
                    let into: &mut HashMap<String, Vec<String>> =
                        if is_scoped(&row) { &mut scoped } else { &mut holders };
                    into.entry(holder).or_default().push(role);
                }
            }
        }
        Ok(Some(Self { roles, holders, scoped }))
    }

    /// The roles of a user or an invite.
    pub(super) fn of(&self, holder: &str) -> Vec<String> {
        self.holders.get(holder).cloned().unwrap_or_default()
    }

    /// Why some of them were left out.
    pub(super) fn notes(&self, holder: &str) -> Vec<Reason> {
        let scoped = self.scoped.get(holder).into_iter().flatten();
        scoped.map(|role| Reason::ScopedRole { role: role.clone() }).collect()
    }
}

/// The rows of a table that are not deleted; none where there is no such table.
async fn all(tables: &Tables, table: &'static str) -> Result<Vec<Record>, SourceError> {
    match tables.has(table).await? {
        true => tables.all(table, "to_jsonb(source)->>'deleted_at' IS NULL").await,
        false => Ok(Vec::new()),
    }
}

/// Who has a role: the id says of what kind it is, whatever the column is called.
fn holder(row: &Record) -> Option<String> {
    let is_holder = |text: &&str| text.starts_with("user_") || text.starts_with("invite_");
    let fields = row.0.iter().filter(|(name, _)| *name != "id" && !name.starts_with("created_by"));
    fields.filter_map(|(_, value)| value.as_str()).find(is_holder).map(str::to_owned)
}

fn is_scoped(row: &Record) -> bool {
    row.0.iter().any(|(name, value)| name.starts_with("scope") && !value.is_null())
}
