//! `/admin/rbac/roles/{id}/policies`.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod remove;

use serde_json::{Value as Json, json};
use vestibule_database::Error;
use vestibule_rbac::RolePolicy;

use crate::request::{Kind, Query, Relation};
use vestibule_web::State;

/// Formats the policies of a role: each by its id, or with all its fields, as `fields` selects.
async fn format(state: &State, held: &[RolePolicy], query: &Query) -> Result<Vec<Json>, Error> {
    let relations = Relation::read(query, Kind::RolePolicy);
    let relation = relations.get("policy").map(|(_, relation)| relation);
    let names: Vec<&str> = query.text("fields").unwrap_or_default().split(',').map(str::trim).collect();
    let is_exclusive = names.iter().any(|name| !name.is_empty() && !name.starts_with(['+', '-', '*', ' ']));
    let mut all = Vec::with_capacity(held.len());
    for held in held {
        let mut entry = json!(held);
        let mut policy = json!({ "id": held.policy_id });
        if let Some(relation) = relation
            && let Some(found) = state.flows.rbac().find_policy_within(state.flows.database(), &held.policy_id).await?
        {
            policy = json!(found);
            policy.as_object_mut().into_iter().for_each(|policy| relation.apply(policy));
        }
        if let Some(object) = entry.as_object_mut() {
            object.insert("policy".into(), policy);
            if is_exclusive {
                let is_shown =
                    |name: &str| name == "id" || names.contains(&name) || (name == "policy" && relation.is_some());
                object.retain(|name, _| is_shown(name));
            }
            object.retain(|name, _| !names.iter().any(|removed| removed.strip_prefix('-') == Some(name)));
        }
        all.push(entry);
    }
    Ok(all)
}
