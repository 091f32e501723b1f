//! Relations that `fields` names: `*policies`, `rbac_roles.policies.key`. A tree, read against what relates to what.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::Query;

/// A kind of thing that others relate to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A user.
    User,
    /// An invite.
    Invite,
    /// A role.
    Role,
    /// A policy.
    Policy,
    /// That a policy is a role's.
    RolePolicy,
}

impl Kind {
    /// What relates to a thing of this kind, by name. What is not named here cannot be reached by any path.
    fn relations(self) -> &'static [(&'static str, Self)] {
        match self {
            Self::User | Self::Invite => &[("rbac_roles", Self::Role)],
            Self::Role => &[("policies", Self::Policy), ("parents", Self::Role), ("users", Self::User)],
            Self::RolePolicy => &[("policy", Self::Policy)],
            Self::Policy => &[],
        }
    }
}

/// How many relations one path follows at the most; what is behind them is not shown.
const MOST_LEVELS: usize = 3;

/// What is shown of the things of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relation {
    is_whole: bool,
    names: Vec<String>,
    relations: Relations,
}

/// The relations that are shown of a thing, by name.
pub type Relations = BTreeMap<&'static str, (Kind, Relation)>;

impl Relation {
    /// The relations of a thing of this kind that the query's `fields` names, with or without a sign or a star.
    pub fn read(query: &Query, kind: Kind) -> Relations {
        let mut root = Self::default();
        for part in query.text("fields").unwrap_or_default().split(',').map(str::trim) {
            // A minus takes away what is shown by default, and no relation is.
            if !part.starts_with('-') {
                let path: Vec<&str> = part.trim_start_matches(['+', '*']).trim().split('.').collect();
                root.add(kind, &path, MOST_LEVELS);
            }
        }
        root.relations
    }

    fn add(&mut self, kind: Kind, path: &[&str], levels: usize) {
        let Some((first, rest)) = path.split_first() else {
            self.is_whole = true;
            return;
        };
        let related = kind.relations().iter().find(|(name, _)| name == first);
        match related {
            Some((name, target)) if levels > 0 => {
                let relation = &mut self.relations.entry(name).or_insert_with(|| (*target, Self::default())).1;
                relation.add(*target, rest, levels - 1);
            }
            Some(_) => {}
            None if *first == "*" => self.is_whole = true,
            None => self.names.push((*first).to_owned()),
        }
    }

    /// The relations of the things themselves.
    pub fn relations(&self) -> &Relations {
        &self.relations
    }

    /// Takes out of a thing what is not shown; the id stays, and so do relations.
    pub fn apply(&self, thing: &mut Map<String, Json>) {
        if !self.is_whole {
            let is_shown = |name: &String| name == "id" || self.names.contains(name);
            thing.retain(|name, _| is_shown(name) || self.relations.contains_key(name.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &str, kind: Kind) -> Relations {
        Relation::read(&Query::parse(&format!("fields={fields}")).unwrap(), kind)
    }

    fn whole() -> Relation {
        Relation { is_whole: true, ..Relation::default() }
    }

    fn only(names: &[&str]) -> Relation {
        Relation { names: names.iter().map(|name| (*name).to_owned()).collect(), ..Relation::default() }
    }

    #[test]
    fn a_relation_is_shown_where_it_is_named() {
        for fields in ["*policies", "id,policies.*", "%2Bpolicies", "policies", "+policies.*", "*policies.*"] {
            assert_eq!(read(fields, Kind::Role), Relations::from([("policies", (Kind::Policy, whole()))]), "{fields}");
        }
        let expected = Relations::from([("policies", (Kind::Policy, only(&["key", "name"])))]);
        assert_eq!(read("id,policies.key,policies.name", Kind::Role), expected);
        for fields in ["", "id", "-policies", "policies_x", "nosuch.policies", "*nosuch"] {
            assert_eq!(read(fields, Kind::Role), Relations::new(), "{fields}");
        }
    }

    #[test]
    fn a_path_follows_three_relations_and_no_more() {
        let policies = Relations::from([("policies", (Kind::Policy, only(&["key"])))]);
        let parents = Relation { relations: policies, ..Relation::default() };
        let roles =
            Relation { relations: Relations::from([("parents", (Kind::Role, parents))]), ..Relation::default() };
        let expected = Relations::from([("rbac_roles", (Kind::Role, roles))]);
        assert_eq!(read("rbac_roles.parents.policies.key", Kind::User), expected);
        let deeper = read("*rbac_roles.users.rbac_roles.users", Kind::User);
        let users = &deeper["rbac_roles"].1.relations["users"].1;
        assert_eq!(users.relations["rbac_roles"].1, Relation::default(), "the fourth is left out");
    }

    #[test]
    fn a_thing_keeps_its_id_and_its_relations() {
        let relations = read("rbac_roles.name,rbac_roles.policies.key", Kind::User);
        let mut role = Map::new();
        for name in ["id", "name", "description", "policies", "parents"] {
            role.insert(name.to_owned(), Json::Null);
        }
        relations["rbac_roles"].1.apply(&mut role);
        assert_eq!(role.keys().collect::<Vec<_>>(), ["id", "name", "policies"]);
    }
}
