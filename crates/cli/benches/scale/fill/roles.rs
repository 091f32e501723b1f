//! The roles: one that everyone has, forty that a few have. They are created through the API, and their sets in bulk.

use serde_json::json;

use super::bulk::{Bulk, Cell};
use super::dice::Dice;
use crate::support::client::{ask_once, request};
use crate::support::process::Process;
use crate::support::site::get;

const STREAM: u64 = 4;
const TEAMS: u64 = 40;

/// The ids of the roles.
pub(crate) struct Roles {
    everyone: String,
    teams: Vec<String>,
}

impl Roles {
    /// Creates them.
    pub(crate) fn create(server: &Process, token: &str) -> Self {
        let policies = ask_once(server.address, &get("/admin/rbac/policies?limit=100", token));
        let policies = policies["policies"].as_array().expect("policies").iter();
        let readable: Vec<_> =
            policies.filter(|policy| policy["operation"] == "read").map(|policy| policy["id"].clone()).collect();
        let create = |name: String| {
            let body = json!({ "name": name, "policy_ids": readable }).to_string();
            let role = ask_once(server.address, &request("POST", "/admin/rbac/roles", Some(token), Some(&body)));
            role["role"]["id"].as_str().expect("an id").to_owned()
        };
        let everyone = create("Everyone".to_owned());
        Self { everyone, teams: (1..=TEAMS).map(|team| create(format!("Team {team}"))).collect() }
    }

    /// The sorted ids of a user's roles: one in five is in a team.
    pub(crate) fn of(&self, number: u64) -> Vec<String> {
        let mut dice = Dice::of(STREAM, number);
        let mut roles = vec![self.everyone.clone()];
        if dice.hits(0.2) {
            roles.push(self.teams[dice.below(TEAMS) as usize].clone());
        }
        roles.sort();
        roles
    }

    /// Fills the sets of roles that users have, and what they allow.
    pub(crate) fn fill_sets(&self, bulk: &Bulk) {
        let mut sets: Vec<Vec<&str>> = self.teams.iter().map(|team| vec![self.everyone.as_str(), team]).collect();
        sets.push(vec![&self.everyone]);
        sets.iter_mut().for_each(|set| set.sort_unstable());
        let rows = sets
            .iter()
            .map(|set| vec![Cell::Text(set.join(" ")), Cell::Text(set.join(" ")), Cell::Name(""), Cell::Flag(false)]);
        bulk.fill("rbac_role_sets", &["id", "role_ids", "grants", "requires_mfa"], rows);
        let rows = sets
            .iter()
            .flat_map(|set| set.iter().map(|role| vec![Cell::Text((*role).to_owned()), Cell::Text(set.join(" "))]));
        bulk.fill("rbac_role_set_roles", &["role_id", "set_id"], rows);
        bulk.run(
            "UPDATE rbac_role_sets SET grants = (
                 SELECT string_agg(role.grants, ' ' ORDER BY role.id) FROM rbac_role_set_roles held
                 JOIN rbac_roles role ON role.id = held.role_id WHERE held.set_id = rbac_role_sets.id)",
        );
    }
}
