//! Ids of this crate. Unlike other ids, some of them are names: `role_super_admin`, `rpol_super_admin`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use vestibule_core::id::Id;
use vestibule_core::{Value, WrongType};

/// Text that is no id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no id that begins with {prefix}_")]
pub struct InvalidNamedId {
    /// The prefix that was expected.
    pub prefix: &'static str,
    /// The given text, cut after 64 characters.
    pub text: String,
}

/// Parses `prefix_` and a ULID or a name.
fn parse(prefix: &'static str, text: &str) -> Result<String, InvalidNamedId> {
    let is_name = |rest: &str| {
        (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).is_some_and(is_name) {
        true => Ok(text.to_owned()),
        false => Err(InvalidNamedId { prefix, text: text.chars().take(64).collect() }),
    }
}

macro_rules! named_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The id of the super admin role or policy.
            pub fn super_admin() -> Self {
                Self(concat!($prefix, "_super_admin").to_owned())
            }

            /// Whether it is the id of the super admin role or policy.
            pub fn is_super_admin(&self) -> bool {
                self.0 == concat!($prefix, "_super_admin")
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_ulid(ulid: vestibule_core::__Ulid) -> Self {
                Self(format!(concat!($prefix, "_{}"), ulid))
            }
        }

        impl FromStr for $name {
            type Err = InvalidNamedId;
            fn from_str(text: &str) -> Result<Self, InvalidNamedId> {
                parse($prefix, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        vestibule_core::text_schema!($name, example = concat!($prefix, "_01JDMX5R4Z9WQ0H3T2B7K8N6VC"));

        impl From<&$name> for Value {
            fn from(id: &$name) -> Self {
                Self::Text(id.0.clone())
            }
        }

        impl TryFrom<Value> for $name {
            type Error = WrongType;
            fn try_from(value: Value) -> Result<Self, WrongType> {
                let expected = concat!("an id that begins with ", $prefix, "_");
                String::try_from(value)?.parse().map_err(|_| WrongType { expected })
            }
        }
    };
}

named_id!(
    /// A role's id: `role_…`.
    RoleId,
    "role"
);
named_id!(
    /// A policy's id: `rpol_…`.
    PolicyId,
    "rpol"
);
named_id!(
    /// The id of a policy's assignment to a role: `rlpl_…`.
    RolePolicyId,
    "rlpl"
);

impl RoleId {
    /// The id of the ready-made role that sees everything and changes nothing.
    pub fn viewer() -> Self {
        Self("role_viewer".to_owned())
    }

    /// The id of the ready-made role that manages users and invites.
    pub fn editor() -> Self {
        Self("role_editor".to_owned())
    }

    /// The id of the ready-made role that manages everything.
    pub fn admin() -> Self {
        Self("role_admin".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_begins_with_its_prefix() {
        assert!("role_super_admin".parse::<RoleId>().unwrap().is_super_admin());
        assert!("rpol_01JABCDEFGHJKMNPQRSTVWXYZ0".parse::<PolicyId>().is_ok());
        let long = format!("role_{}", "a".repeat(65));
        for text in ["", "role_", "role", "user_01JABCDEFGHJKMNPQRSTVWXYZ0", "role_a b", "role_\0", "role_%", &long] {
            assert!(text.parse::<RoleId>().is_err(), "{text:?}");
        }
    }
}
