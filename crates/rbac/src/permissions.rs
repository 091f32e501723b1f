//! What somebody may do.

/// The role that may do everything. It is always there and always the same.
pub const SUPER_ADMIN: &str = "role_super_admin";

/// The policy that is every policy.
pub const EVERYTHING: &str = "*:*";

/// What somebody may do: the policies of all his roles, as keys such as `user:read`, `user:*` and `*:*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// Everything.
    pub fn everything() -> Self {
        Self(vec![EVERYTHING.to_owned()])
    }

    /// Adds the policies of a role, as `rbac_roles.grants` has them: keys separated by spaces.
    pub fn add(&mut self, grants: &str) {
        self.0.extend(grants.split_ascii_whitespace().map(str::to_owned));
    }

    /// Adds what else may be done.
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

    /// Whether there is nothing that may be done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this policy, also one with a wildcard, is among them.
    pub fn allows(&self, policy: &str) -> bool {
        self.0.iter().any(|held| covers(held, policy))
    }

    /// Whether everything that `other` may do may be done: then a role with these policies may be granted.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|policy| self.allows(policy))
    }

    /// Which of these policies are not among them.
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

/// Whether a policy that somebody holds is at least the one that is asked for.
pub(crate) fn covers(held: &str, asked: &str) -> bool {
    let part = |held: &str, asked: &str| held == "*" || held == asked;
    match (held.split_once(':'), asked.split_once(':')) {
        (Some((resource, operation)), Some((of, to))) => part(resource, of) && part(operation, to),
        _ => false,
    }
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
}
