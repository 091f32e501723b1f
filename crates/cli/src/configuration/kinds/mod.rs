//! The kinds of values: how each is parsed, and the message if it is not valid.
//!
//! A problem is the end of a message (`not …: write …`); the source is added elsewhere. It never repeats the value,
//! which may be a secret in the wrong place (security.md 39).

use std::fmt;

use super::secret::WeakSecret;

mod address;
mod brand;
mod database_url;
mod directory_sign_in;
mod length;
mod list;
mod log;
mod mail;
mod name;
mod networks;
mod number;
mod password_policy;
pub(super) mod path;
mod path_prefix;
mod provider;
mod secret;
mod text;
mod verifications;

pub use address::PublicUrl;
pub(super) use address::{ListenAddress, PublicAddress};
pub(super) use brand::{Colour, WebAddress};
pub(super) use database_url::DatabaseAddress;
pub use database_url::DatabaseUrl;
pub(super) use directory_sign_in::Provisioned;
pub(super) use length::Length;
pub(super) use list::{Names, Origins};
pub use log::LogFormat;
pub(super) use log::{Format, Levels};
pub(super) use mail::{Greeting, HostAndPort, MailSender, Password, Protection};
pub use mail::{Hidden, MailServer};
pub(super) use name::Name;
pub(super) use networks::{NetworkList, Networks};
pub(super) use number::Whole;
pub use password_policy::PasswordRule;
pub(super) use password_policy::Rule;
pub(super) use path::FilePath;
pub(super) use path_prefix::PathPrefix;
pub(super) use provider::{
    CallbackUrl, CallbackUrls, Claims, EmailTrust, Issuer, LocalStandIn, ProviderId, Response, Scopes,
};
pub(super) use secret::Secret;
pub(super) use text::{Language, Line, Switch};
pub use verifications::RequiredVerification;
pub(super) use verifications::Verifications;

/// A value before parsing: flags, variables and defaults are text, the file also has numbers and lists.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Raw {
    Text(String),
    List(Vec<String>),
}

/// The value's type in the TOML file and in `config show --json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    Switch,
    List,
}

/// Why a value is not valid.
#[derive(Debug)]
pub(super) enum Problem {
    Value(String),
    Secret(WeakSecret),
}

/// The part of a kind that does not depend on its type.
pub(super) trait Form: Sync + fmt::Debug {
    /// Describes valid values in a few words.
    fn form(&self) -> String;

    fn shape(&self) -> Shape {
        Shape::Text
    }

    fn is_secret(&self) -> bool {
        false
    }

    /// Returns whether the value may contain a secret, so that a file may hold it.
    fn holds_secret(&self) -> bool {
        self.is_secret()
    }

    /// Expands `~` in paths, as a shell does.
    fn expand(&self, text: String, _home: Option<&str>) -> Result<String, Problem> {
        Ok(text)
    }

    /// Returns the text without what must not be displayed.
    fn show(&self, text: &str) -> String {
        text.to_owned()
    }
}

/// Parses a value of one type.
pub(super) trait Kind: Form {
    type Value;

    /// Parses text (for a [`Shape::List`]: all items in turn).
    fn read(&self, raw: &Raw) -> Result<Self::Value, Problem>;

    /// Returns the value if nothing is set and there is no textual default.
    fn unset(&self) -> Option<Self::Value> {
        None
    }
}

impl Raw {
    /// Wraps the text of a flag, a variable or a default: a list is separated by commas, and empty for none.
    pub(super) fn from_text(text: &str, shape: Shape) -> Self {
        match shape {
            Shape::List if text.trim().is_empty() => Self::List(Vec::new()),
            Shape::List => Self::List(text.split(',').map(|item| item.trim().to_owned()).collect()),
            Shape::Text | Shape::Number | Shape::Switch => Self::Text(text.to_owned()),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(","),
        }
    }

    fn items(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(items) => items,
        }
    }
}

/// Returns `not …`, for an unexpected text.
fn no(text: &str, expected: &str) -> Problem {
    Problem::Value(match text {
        "" => format!("it is empty: write {expected}"),
        _ => format!("not {expected}"),
    })
}

/// Returns whether a text looks like a URL that may contain a password: in another setting it would be displayed.
fn is_like_address(text: &str) -> bool {
    text.contains("://") || text.split_once(':').is_some_and(|(_, rest)| rest.contains('@'))
}

/// Parses the items of a list in turn. A problem names the item.
fn read_items<T>(raw: &Raw, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Problem> {
    let items = raw.items();
    let problem = |place: usize, item: &str| match (items.len(), item) {
        (1, _) => no(item, expected),
        (_, "") => Problem::Value(format!("item {} is empty: write {expected}", place + 1)),
        _ => Problem::Value(format!("item {} is not {expected}", place + 1)),
    };
    items.iter().enumerate().map(|(place, item)| read(item).ok_or_else(|| problem(place, item))).collect()
}

/// A setting that may stay unset.
#[derive(Debug)]
pub(super) struct Optional<K>(pub(super) K);

impl<K: Form> Form for Optional<K> {
    fn form(&self) -> String {
        self.0.form()
    }

    fn shape(&self) -> Shape {
        self.0.shape()
    }

    fn is_secret(&self) -> bool {
        self.0.is_secret()
    }

    fn holds_secret(&self) -> bool {
        self.0.holds_secret()
    }

    fn expand(&self, text: String, home: Option<&str>) -> Result<String, Problem> {
        self.0.expand(text, home)
    }

    fn show(&self, text: &str) -> String {
        self.0.show(text)
    }
}

impl<K: Kind> Kind for Optional<K> {
    type Value = Option<K::Value>;

    fn read(&self, raw: &Raw) -> Result<Self::Value, Problem> {
        self.0.read(raw).map(Some)
    }

    fn unset(&self) -> Option<Self::Value> {
        Some(None)
    }
}
