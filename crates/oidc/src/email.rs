//! How far a provider is trusted with e-mail addresses.

use serde_json::{Map, Value as Json};
use vestibule_core::EmailAddress;

/// Whether an address that a provider states counts as the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrustEmail {
    /// If the provider states that it has verified the address (`email_verified` is `true`). Otherwise the sign-in is refused.
    #[default]
    Verified,
    /// Always: for providers that give out addresses of their own domains only and say nothing, such as Entra ID.
    Always,
    /// Never: users sign in by their identity alone, and are neither linked nor created by an address.
    Never,
}

/// The user's address has not been verified.
#[derive(Debug)]
pub(crate) struct Unverified;

impl TrustEmail {
    /// Returns the address that the claims prove, if any. Only the boolean `true` verifies: a provider that sends the text
    /// `"true"` might also send `"false"`, which programs take for true.
    pub(crate) fn proven(self, claims: &Map<String, Json>) -> Result<Option<EmailAddress>, Unverified> {
        let address = || claims.get("email").and_then(Json::as_str).and_then(|email| EmailAddress::parse(email).ok());
        match self {
            Self::Never => Ok(None),
            Self::Always => Ok(address()),
            Self::Verified if claims.get("email_verified") == Some(&Json::Bool(true)) => match address() {
                Some(address) => Ok(Some(address)),
                None => Err(Unverified),
            },
            Self::Verified => Err(Unverified),
        }
    }
}
