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
    /// A policy of a role, perhaps inherited.
    HeldPolicy,
    /// The link between a role and a policy.
    RolePolicy,
}

impl Kind {
    const ALL: [Self; 6] = [Self::User, Self::Invite, Self::Role, Self::Policy, Self::HeldPolicy, Self::RolePolicy];

    /// Returns its name in the OpenAPI document.
    pub(crate) fn schema(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Invite => "Invite",
            Self::Role => "Role",
            Self::Policy => "Policy",
            Self::HeldPolicy => "HeldPolicy",
            Self::RolePolicy => "RolePolicy",
        }
    }

    /// Finds the kind of this name in the OpenAPI document.
    pub(crate) fn of_schema(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.schema() == name)
    }

    /// Returns the relations of this kind: name, kind and documentation. No path reaches others.
    pub(crate) fn relations(self) -> &'static [(&'static str, Self, &'static str)] {
        match self {
            Self::User => &[(
                "rbac_roles",
                Self::Role,
                "The user's roles, in the order in which they were granted; with `*rbac_roles` in `fields`, for the user \
                 themselves and for callers who may read roles.",
            )],
            Self::Invite => &[(
                "rbac_roles",
                Self::Role,
                "The roles that it grants; with `*rbac_roles` in `fields`, for callers who may read roles.",
            )],
            Self::Role => &[
                (
                    "policies",
                    Self::HeldPolicy,
                    "Its policies, its own before inherited ones; with `*policies` in `fields`.",
                ),
                ("parents", Self::Role, "The roles from which it inherits; with `*parents` in `fields`."),
                (
                    "users",
                    Self::User,
                    "Its users, at most 100; with `*users` in `fields`, for callers who may read users.",
                ),
            ],
            Self::RolePolicy => &[("policy", Self::Policy, "The policy's id; all fields with `*policy` in `fields`.")],
            Self::Policy | Self::HeldPolicy => &[],
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
        let related = kind.relations().iter().find(|(name, ..)| name == first);
        match related {
            Some((name, target, _)) if levels > 0 => {
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
            assert_eq!(
                read(fields, Kind::Role),
                Relations::from([("policies", (Kind::HeldPolicy, whole()))]),
                "{fields}"
            );
        }
        let expected = Relations::from([("policies", (Kind::HeldPolicy, only(&["key", "name"])))]);
        assert_eq!(read("id,policies.key,policies.name", Kind::Role), expected);
        for fields in ["", "id", "-policies", "policies_x", "nosuch.policies", "*nosuch"] {
            assert_eq!(read(fields, Kind::Role), Relations::new(), "{fields}");
        }
    }

    #[test]
    fn a_path_follows_at_most_three_relations() {
        let policies = Relations::from([("policies", (Kind::HeldPolicy, only(&["key"])))]);
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
