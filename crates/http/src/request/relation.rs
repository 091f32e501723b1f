//! What is shown of things that belong to another: `fields=*policies`, `fields=id,policies.key`.

use serde_json::{Map, Value as Json};

use super::Query;

/// What is shown of the things of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// Everything.
    All,
    /// The id and these.
    Only(Vec<String>),
}

impl Relation {
    /// What `fields` asks of the relation of this name; nothing where it is not named. `*policies`, `policies.*` and
    /// `+policies` are all of it, `policies.key` one field.
    pub fn of(query: &Query, name: &str) -> Option<Self> {
        let mut only = Vec::new();
        for part in query.text("fields")?.split(',').map(str::trim) {
            match part.trim_start_matches(['+', '*']).trim().strip_prefix(name) {
                Some("" | ".*") => return Some(Self::All),
                Some(rest) => only.extend(rest.strip_prefix('.').map(str::to_owned)),
                None => {}
            }
        }
        (!only.is_empty()).then_some(Self::Only(only))
    }

    /// Takes out of a thing what is not shown.
    pub fn apply(&self, thing: &mut Map<String, Json>) {
        if let Self::Only(names) = self {
            thing.retain(|name, _| name == "id" || names.iter().any(|shown| shown == name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_is_shown_where_it_is_named() {
        let of = |raw: &str| Relation::of(&Query::parse(raw).unwrap(), "policies");
        for raw in ["fields=*policies", "fields=id,policies.*", "fields=%2Bpolicies", "fields=+policies.*"] {
            assert_eq!(of(raw), Some(Relation::All), "{raw}");
        }
        let only = Relation::Only(vec!["key".into(), "name".into()]);
        assert_eq!(of("fields=id,policies.key,policies.name"), Some(only));
        for raw in ["", "fields=", "fields=id", "fields=-policies", "fields=policies_x", "fields[]=*policies"] {
            assert_eq!(of(raw), None, "{raw}");
        }
    }
}
