//! The programs that users come from.

use std::fmt;
use std::str::FromStr;

/// A program that users come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Medusa 2, by the URL of its PostgreSQL database.
    Medusa,
    /// better-auth, by its SQLite file or the URL of its PostgreSQL database.
    BetterAuth,
    /// Firebase Authentication, by the file of `firebase auth:export`.
    Firebase,
    /// A table.
    Csv,
    /// Keycloak, by the file of a realm or of its users.
    Keycloak,
    /// Supabase, by the URL of its PostgreSQL database or by a dump of its schema `auth`.
    Supabase,
    /// Auth0, by a file with a JSON object a line.
    Auth0,
    /// Vestibule itself, by the file of `vestibule export --format jsonl`.
    Vestibule,
    /// Clerk, by the table that its dashboard exports.
    Clerk,
}

/// A name that is that of no program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("users come from medusa, better-auth, firebase, csv, keycloak, supabase, auth0, clerk or vestibule")]
pub struct UnknownKind;

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Medusa,
        Self::BetterAuth,
        Self::Firebase,
        Self::Csv,
        Self::Keycloak,
        Self::Supabase,
        Self::Auth0,
        Self::Clerk,
        Self::Vestibule,
    ];

    /// The name, as it is written on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Medusa => "medusa",
            Self::BetterAuth => "better-auth",
            Self::Firebase => "firebase",
            Self::Csv => "csv",
            Self::Keycloak => "keycloak",
            Self::Supabase => "supabase",
            Self::Auth0 => "auth0",
            Self::Clerk => "clerk",
            Self::Vestibule => "vestibule",
        }
    }

    /// The name of the metadata field that keeps the program's own id of a user.
    pub(crate) fn id_field(self) -> String {
        format!("{}_id", self.name().replace('-', "_"))
    }

    /// Whether its users have every permission there, so that they get the default roles here.
    pub(crate) const fn has_no_roles(self) -> bool {
        matches!(self, Self::Medusa)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(UnknownKind)
    }
}
