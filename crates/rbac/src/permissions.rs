//! What a subject may do.

use crate::builtin::ACCESS_CHANGING;

/// The policy that covers every policy.
pub(crate) const EVERYTHING: &str = "*:*";

/// What a subject may do: the policies of all its roles, as keys such as `user:read`, `user:*` and `*:*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// Everything.
    pub fn everything() -> Self {
        Self(vec![EVERYTHING.to_owned()])
    }

    /// Adds the policies of a role, in the format of `rbac_roles.grants`: keys separated by spaces.
    pub fn add(&mut self, grants: &str) {
        self.0.extend(grants.split_ascii_whitespace().map(str::to_owned));
    }

    /// Adds other permissions.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// The keys, sorted, each once.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.0.iter().map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether nothing is permitted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this policy, which may have a wildcard, is covered.
    pub fn allows(&self, policy: &str) -> bool {
        self.0.iter().any(|held| covers(held, policy))
    }

    /// Whether everything in `other` is covered: then a role with these policies may be granted.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|policy| self.allows(policy))
    }

    /// Whether any of them changes what other users can do, or whether they can sign in.
    pub fn change_access(&self) -> bool {
        ACCESS_CHANGING.iter().any(|policy| self.allows(policy))
    }

    /// What both allow.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut keys: Vec<String> =
            self.0.iter().flat_map(|one| other.0.iter().filter_map(|another| meet(one, another))).collect();
        keys.sort_unstable();
        keys.dedup();
        Self(keys)
    }

    /// Those of these policies that are not covered.
    pub fn missing<'a>(&self, policies: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        policies.into_iter().filter(|policy| !self.allows(policy)).collect()
    }
}

impl FromIterator<String> for Permissions {
    fn from_iter<I: IntoIterator<Item = String>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

/// Whether a policy has a wildcard.
pub(crate) fn has_wildcard(policy: &str) -> bool {
    policy.split(':').any(|part| part == "*")
}

/// Whether a held policy covers a required one.
pub(crate) fn covers(held: &str, required: &str) -> bool {
    let part = |held: &str, required: &str| held == "*" || held == required;
    match (held.split_once(':'), required.split_once(':')) {
        (Some((resource, operation)), Some((of, to))) => part(resource, of) && part(operation, to),
        _ => false,
    }
}

/// The policy that two policies have in common.
fn meet(one: &str, another: &str) -> Option<String> {
    let part = |one: &str, another: &str| match (one, another) {
        ("*", part) | (part, "*") => Some(part.to_owned()),
        (one, another) => (one == another).then(|| one.to_owned()),
    };
    let ((resource, operation), (of, to)) = (one.split_once(':')?, another.split_once(':')?);
    Some(format!("{}:{}", part(resource, of)?, part(operation, to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(grants: &str) -> Permissions {
        let mut permissions = Permissions::default();
        permissions.add(grants);
        permissions
    }

    #[test]
    fn a_wildcard_is_more_than_its_parts_and_no_less() {
        let permissions = held("user:read invite:* *:delete");
        assert!(
            ["user:read", "invite:create", "invite:*", "role:delete", "*:delete"].iter().all(|p| permissions.allows(p))
        );
        assert!(
            ["user:update", "user:*", "*:read", "*:*", "user", "", ":", "user:"].iter().all(|p| !permissions.allows(p))
        );
        assert!(held("*:*").allows("anything:whatever") && held("*:*").covers(&permissions));
        assert!(!permissions.covers(&held("user:read user:update")) && permissions.covers(&held("")));
        assert_eq!(permissions.missing(["user:read", "user:update"]), ["user:update"]);
        assert_eq!(held("b:a a:b b:a").keys(), ["a:b", "b:a"]);
    }

    #[test]
    fn an_intersection_is_what_both_allow() {
        for (one, another, both) in [
            ("*:*", "user:read", "user:read"),
            ("user:* *:read", "user:update invite:read audit:*", "audit:read invite:read user:update"),
            ("user:*", "*:read", "user:read"),
            ("user:read", "user:update", ""),
            ("user:read", "", ""),
            ("*:*", "*:*", "*:*"),
        ] {
            assert_eq!(held(one).intersection(&held(another)).keys().join(" "), both, "{one} / {another}");
            assert_eq!(held(another).intersection(&held(one)).keys().join(" "), both, "{another} / {one}");
        }
    }

    #[test]
    fn what_changes_the_access_of_others_is_known_also_by_a_wildcard() {
        for grants in ["*:*", "user:*", "*:delete", "invite:update", "rbac_role:update", "audit:read mfa:delete"] {
            assert!(held(grants).change_access(), "{grants}");
        }
        for grants in ["", "*:read", "user:read invite:read", "webhook:*", "delivery:update", "shop:update"] {
            assert!(!held(grants).change_access(), "{grants}");
        }
    }
}
