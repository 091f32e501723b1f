//! Ids: a prefix for the type, and a ULID that sorts by creation time.
//!
//! Each type has an id type made by [`id!`](crate::id!), so an invite's id cannot be passed as a user's, and text with
//! another prefix is refused.
//!
//! ```
//! use vestibule_core::Environment;
//!
//! vestibule_core::id!(
//!     /// A book.
//!     BookId,
//!     "book"
//! );
//!
//! let environment = Environment::system();
//! let (first, second): (BookId, BookId) = (environment.id(), environment.id());
//! assert!(first < second && first.to_string().starts_with("book_"));
//! assert_eq!(first.to_string().parse(), Ok(first));
//! assert!("user_01JDMX5R4Z9WQ0H3T2B7K8N6VC".parse::<BookId>().is_err());
//! ```

/// A text that is not an id of the expected type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id of the form {prefix}_ followed by 26 characters")]
pub struct InvalidId {
    /// The expected prefix.
    pub prefix: &'static str,
    /// The text, cut after 64 characters.
    pub text: String,
}

/// The common operations of id types made by [`id!`](crate::id!).
pub trait Id: Sized {
    /// The part before the underscore: `user`, `invite`, ….
    const PREFIX: &'static str;

    /// Returns the id of this ULID. [`Environment::id`](crate::Environment::id) creates new ones.
    fn from_ulid(ulid: ulid::Ulid) -> Self;

    /// Returns the first id of this millisecond: ids sort by when they were created.
    fn first_at(moment: Timestamp) -> Self {
        Self::from_ulid(ulid::Ulid::from_parts(u64::try_from(moment.as_milliseconds()).unwrap_or_default(), 0))
    }
}

/// Reads `prefix_ULID`; used by [`id!`](crate::id!).
///
/// # Errors
///
/// [`InvalidId`] for any other prefix, length or alphabet. A ULID in lower case is refused, too: an id has one
/// spelling.
pub fn parse(prefix: &'static str, text: &str) -> Result<ulid::Ulid, InvalidId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|rest| !rest.bytes().any(|byte| byte.is_ascii_lowercase()))
        .and_then(|rest| {
            ulid::Ulid::from_string(rest).ok().filter(|ulid| *ulid.array_to_str(&mut [0; ulid::ULID_LEN]) == *rest)
        })
        .ok_or_else(|| InvalidId { prefix, text: text.chars().take(64).collect() })
}

/// Makes an id type: `id!(/** A user. */ UserId, "user")` parses and prints `user_01J…`.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($crate::__Ulid);

        impl $crate::id::Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_ulid(ulid: $crate::__Ulid) -> Self {
                Self(ulid)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::write!(f, ::std::concat!($prefix, "_{}"), self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::id::InvalidId;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                $crate::id::parse($prefix, text).map(Self)
            }
        }

        impl $crate::id::Serialize for $name {
            fn serialize<S: $crate::id::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        $crate::text_schema!($name, example = ::std::concat!($prefix, "_01JDMX5R4Z9WQ0H3T2B7K8N6VC"));

        impl From<$name> for $crate::Value {
            fn from(id: $name) -> Self {
                $crate::Value::Text(id.to_string())
            }
        }

        impl TryFrom<$crate::Value> for $name {
            type Error = $crate::WrongType;
            fn try_from(value: $crate::Value) -> ::std::result::Result<Self, Self::Error> {
                let text = String::try_from(value)?;
                text.parse().map_err(|_| $crate::WrongType { expected: ::std::concat!("an id that begins with ", $prefix, "_") })
            }
        }
    };
}

#[doc(hidden)]
pub use serde::{Serialize, Serializer};

use crate::Timestamp;

#[cfg(test)]
mod tests {
    id!(
        /// A thing, for these tests.
        ThingId,
        "thing"
    );

    const TEXT: &str = "thing_01JABCDEFGHJKMNPQRSTVWXYZ0";

    #[test]
    fn an_id_prints_as_it_was_parsed() {
        let id: ThingId = TEXT.parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(serde_json::to_value(id).unwrap(), TEXT);
        assert_eq!(ThingId::try_from(crate::Value::from(id)).unwrap(), id);
    }

    #[test]
    fn another_prefix_length_alphabet_or_spelling_is_refused() {
        for text in [
            "",
            "thing",
            "thing_",
            "user_01JABCDEFGHJKMNPQRSTVWXYZ0",
            "01JABCDEFGHJKMNPQRSTVWXYZ0",
            "thing_01JABCDEFGHJKMNPQRSTVWXYZ",
            "thing_01JABCDEFGHJKMNPQRSTVWXYZ00",
            "thing_01JABCDEFGHJKMNPQRSTVWXYZU",
            "thing_01jabcdefghjkmnpqrstvwxyz0",
            "thing_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "thing_01JABCDEFGHJKMNPQRSTVWXYZ\0",
        ] {
            assert!(text.parse::<ThingId>().is_err(), "{text:?}");
        }
    }
}
