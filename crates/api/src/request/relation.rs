//! Relations that `fields` names, as a tree: `*policies`, `rbac_roles.policies.key`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::Query;

/// A kind of thing that has relations.
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
    /// The link between a role and a policy.
    RolePolicy,
}

impl Kind {
    /// Returns the relations of this kind, by name. No path reaches others.
    fn relations(self) -> &'static [(&'static str, Self)] {
        match self {
            Self::User | Self::Invite => &[("rbac_roles", Self::Role)],
            Self::Role => &[("policies", Self::Policy), ("parents", Self::Role), ("users", Self::User)],
            Self::RolePolicy => &[("policy", Self::Policy)],
            Self::Policy => &[],
        }
    }
}

/// The most relations that one path follows; deeper ones are ignored.
const MOST_LEVELS: usize = 3;

/// The selected fields of a relation's things.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relation {
    is_whole: bool,
    names: Vec<String>,
    relations: Relations,
}

/// The selected relations of a thing, by name.
pub type Relations = BTreeMap<&'static str, (Kind, Relation)>;

impl Relation {
    /// Reads the relations of this kind that the query's `fields` names, with or without a sign or a star.
    pub fn read(query: &Query, kind: Kind) -> Relations {
        let mut root = Self::default();
        for part in query.text("fields").unwrap_or_default().split(',').map(str::trim) {
            // A minus removes a default field, and no relation is one.
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

    /// Returns the relations of the things themselves.
    pub fn relations(&self) -> &Relations {
        &self.relations
    }

    /// Removes the fields of a thing that are not selected, except its id and its relations.
    pub fn apply(&self, thing: &mut Map<String, Json>) {
        if !self.is_whole {
            let is_selected = |name: &String| name == "id" || self.names.contains(name);
            thing.retain(|name, _| is_selected(name) || self.relations.contains_key(name.as_str()));
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
    fn a_named_relation_is_selected() {
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
    fn a_path_follows_at_most_three_relations() {
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
