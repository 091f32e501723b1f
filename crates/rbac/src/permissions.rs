//! What somebody may do.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use vestibule_core::{Value, WrongType};

/// The role that may do everything. It is always there and always the same.
pub const SUPER_ADMIN: &str = "role_super_admin";

/// The policy that is every policy.
pub const EVERYTHING: &str = "*:*";

/// A role's id: `role_` and what follows. Unlike other ids, some of them are names: `role_super_admin`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleId(String);

/// Text that is no role's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role's id: it begins with role_")]
pub struct InvalidRoleId(String);

impl RoleId {
    /// The role that may do everything.
    pub fn super_admin() -> Self {
        Self(SUPER_ADMIN.to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the role that may do everything.
    pub fn is_super_admin(&self) -> bool {
        self.0 == SUPER_ADMIN
    }
}

impl FromStr for RoleId {
    type Err = InvalidRoleId;
    fn from_str(text: &str) -> Result<Self, InvalidRoleId> {
        let is_name = |rest: &str| {
            (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        match text.strip_prefix("role_").is_some_and(is_name) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidRoleId(text.chars().take(64).collect())),
        }
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RoleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<&RoleId> for Value {
    fn from(id: &RoleId) -> Self {
        Self::Text(id.0.clone())
    }
}

impl TryFrom<Value> for RoleId {
    type Error = WrongType;
    fn try_from(value: Value) -> Result<Self, WrongType> {
        String::try_from(value)?.parse().map_err(|_| WrongType { expected: "an id that begins with role_" })
    }
}

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

/// Whether a policy that somebody holds is at least the one that is asked for.
fn covers(held: &str, asked: &str) -> bool {
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

    #[test]
    fn a_role_s_id_begins_with_role() {
        assert!("role_super_admin".parse::<RoleId>().unwrap().is_super_admin());
        for text in ["", "role_", "role", "user_01JABCDEFGHJKMNPQRSTVWXYZ0", "role_a b", "role_\0", "role_%"] {
            assert!(text.parse::<RoleId>().is_err(), "{text:?}");
        }
    }
}
