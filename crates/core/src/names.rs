//! Lists of names that others may extend: event names, audit actions.
//!
//! [`names!`](crate::names!) makes an enum that knows each name's text, so that it is spelled in one place. A name
//! outside the list is `Other`: an embedder's own, or one that a newer version wrote.

/// Makes an enum of names with an `Other(String)`: `names!(/** Of events. */ Name { /** A user was created. */
/// UserCreated = "user.created", })`. Text becomes a name by `From`, which never fails.
#[macro_export]
macro_rules! names {
    ($(#[$doc:meta])* $type:ident { $($(#[$about:meta])* $name:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$about])* $name,)+
            /// Another name. Made by `From`, so a listed name never ends up here.
            Other(String),
        }

        impl $type {
            /// All listed names.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl PartialEq<str> for $type {
            fn eq(&self, text: &str) -> bool {
                self.as_str() == text
            }
        }

        impl PartialEq<&str> for $type {
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }

        impl $crate::id::Serialize for $type {
            fn serialize<S: $crate::id::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::text_schema!($type);

        impl From<&$type> for $crate::Value {
            fn from(name: &$type) -> Self {
                $crate::Value::Text(name.as_str().to_owned())
            }
        }

        impl TryFrom<$crate::Value> for $type {
            type Error = $crate::WrongType;
            fn try_from(value: $crate::Value) -> ::std::result::Result<Self, Self::Error> {
                Ok(Self::from(String::try_from(value)?.as_str()))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::Value;

    names!(
        /// Names, for these tests.
        Name {
            /// A user was created.
            UserCreated = "user.created",
            /// A user was deleted.
            UserDeleted = "user.deleted",
        }
    );

    #[test]
    fn each_name_is_read_as_it_is_written() {
        for name in Name::ALL.iter().cloned().chain([Name::Other("shop.order".to_owned())]) {
            assert_eq!(Name::from(name.as_str()), name);
            assert_eq!(Name::try_from(Value::from(&name)), Ok(name.clone()));
            assert_eq!(serde_json::to_value(&name).unwrap(), name.to_string());
        }
        assert_eq!(Name::from("user.deleted"), Name::UserDeleted);
        assert_eq!(Name::from("user.deleted"), *"user.deleted");
        assert!(Name::try_from(Value::Int(1)).is_err());
    }
}
