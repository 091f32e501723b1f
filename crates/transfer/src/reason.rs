//! What is said of a row: as data, so that pages say it in the language of their reader.

use serde::{Deserialize, Serialize};

/// Why a row was left out, or what was left out or changed of it. Its [`Display`](std::fmt::Display) is what the report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// There is no address.
    #[error("there is no e-mail address")]
    NoAddress,
    /// An earlier row has the same address.
    #[error("the source has this address twice")]
    AddressTwice,
    /// An earlier row is the same user.
    #[error("the source has this user twice")]
    UserTwice,
    /// The address is that of another row in another spelling.
    #[error("another user of the source has the same address in another spelling")]
    OtherSpelling,
    /// Likewise, and both are kept.
    #[error(
        "another user of the source has the same address in another spelling, and gets it: this one signs in with the address \
         exactly as it is written"
    )]
    AsWritten,
    /// The address is refused.
    #[error("the address is refused: {problem}")]
    AddressRefused {
        /// What is wrong with it.
        problem: String,
    },
    /// The address would be refused, and is kept.
    #[error(
        "the address is refused here ({problem}): the user signs in with it exactly as it is written, and receives no mail"
    )]
    AddressKept {
        /// What is wrong with it.
        problem: String,
    },
    /// The address was that of another user until a change that can be reverted.
    #[error("the address is reserved: a user had it until a change that can still be reverted")]
    Reserved,
    /// The database does not take the row.
    #[error("the database does not take it: {problem}")]
    NotTaken {
        /// What the database says.
        problem: String,
    },
    /// There is no user, and no identity.
    #[error("there is nothing to import")]
    Empty,
    /// Another user has the address, or the id.
    #[error("{user} has this address or id")]
    Present {
        /// The id of the other user.
        user: String,
    },
    /// The metadata cannot be stored.
    #[error("metadata was left out: {problem}")]
    Metadata {
        /// What is wrong with it.
        problem: String,
    },
    /// Fields were shortened, or left out.
    #[error("{} could not be stored as it was", fields.join(" and "))]
    Shortened {
        /// The names of the fields.
        fields: Vec<String>,
    },
    /// The password cannot be checked.
    #[error(
        "the password was left out: its hash is of no known kind, is damaged, or costs too much to check; the user sets a new one"
    )]
    Password,
    /// There is no such role.
    #[error("the role {role:?} was left out: the map has none for it")]
    Role {
        /// The name of the role in the source.
        role: String,
    },
    /// A role counts for a part of the data alone.
    #[error("the role {role} was left out: there it counts within a scope alone")]
    ScopedRole {
        /// The id of the role in the source.
        role: String,
    },
    /// Another user has a sign-in method.
    #[error("the sign-in method {method} was left out: another user has it")]
    Method {
        /// The provider, and the name at the provider.
        method: String,
    },
    /// The name of a sign-in method cannot be stored.
    #[error("a sign-in method was left out: its name has a NUL character")]
    MethodName,
    /// The second factor cannot be read.
    #[error("its second factor cannot be read, and without it the user would sign in by the password alone")]
    FactorLost,
    /// The user who is here keeps their second factors.
    #[error("its second factors were left out: the user who is here has their own")]
    Factors,
    /// A second factor was never verified.
    #[error("a second factor that was never verified was left out")]
    FactorUnverified,
    /// A credential cannot be taken along.
    #[error("a credential of the kind {kind} was left out: the user sets up another one")]
    Credential {
        /// What the source calls its kind.
        kind: String,
    },
    /// Another identity has the name.
    #[error("its name is taken")]
    NameTaken,
    /// A user has the address of an invite.
    #[error("a user has the address")]
    AddressTaken,
    /// The address is invited already.
    #[error("the address is invited already")]
    Invited,
    /// An identity that no one has claimed.
    #[error("a registration that no user has completed: they register again")]
    Unclaimed,
    /// What it is, in English.
    #[error("{0}")]
    Said(String),
}

impl Reason {
    /// As a list of them is written in the report.
    pub(crate) fn joined(reasons: &[Self]) -> String {
        reasons.iter().map(Self::to_string).collect::<Vec<_>>().join("; ")
    }

    /// Whether the address is not as usual.
    pub(crate) const fn is_of_address(&self) -> bool {
        matches!(self, Self::AddressRefused { .. } | Self::AddressKept { .. })
    }
}
