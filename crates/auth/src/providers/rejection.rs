//! Why credentials are rejected, as data: pages write it in the reader's language. The English texts are those of the API,
//! some of which programs compare.

use vestibule_core::InvalidEmail;

/// Why a provider rejects credentials, or why a sign-in does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectionReason {
    /// The address or the password is wrong.
    #[error("Invalid email or password")]
    WrongCredentials,
    /// A field is missing or empty, or is no text.
    #[error("{field} should be a string")]
    MissingField {
        /// The field.
        field: &'static str,
    },
    /// A user signs in by this address already.
    #[error("Identity with email already exists")]
    IdentityExists,
    /// The provider has no such identity.
    #[error("There is no identity of {entity_id}")]
    UnknownIdentity {
        /// The entity id.
        entity_id: String,
    },
    /// The identity was deleted or changed since it was authenticated.
    #[error("This sign-in is not valid any more")]
    Late,
    /// The second factor that was due is gone.
    #[error("Your second factor was removed in the meantime. Sign in again.")]
    SecondFactorRemoved,
    /// The browser has to answer a challenge before there is an identity.
    #[error("The browser has to answer a challenge first")]
    ChallengeFirst,
    /// The provider redirects before there is an identity.
    #[error("The provider asks for a redirect first")]
    RedirectFirst,
    /// The provider takes a code before there is an identity.
    #[error("The provider asks for a code first")]
    CodeFirst,
    /// The provider has no registration.
    #[error("{provider} does not support registration. Use method `authenticate` instead.")]
    NoRegistration {
        /// What messages call the provider.
        provider: String,
    },
    /// The provider has no such method.
    #[error("{method} not implemented for provider {provider}")]
    NotImplemented {
        /// The method, in words.
        method: &'static str,
        /// The provider's identifier.
        provider: String,
    },
    /// No challenge for a passkey can be created.
    #[error("Passkeys cannot be used at the moment. Try again later.")]
    PasskeysUnavailable,
    /// Any other reason, in the words of the provider. Pages do not translate it.
    #[error("{0}")]
    Other(String),
}

impl From<&str> for RejectionReason {
    fn from(text: &str) -> Self {
        Self::Other(text.to_owned())
    }
}

impl From<String> for RejectionReason {
    fn from(text: String) -> Self {
        Self::Other(text)
    }
}

/// What is wrong with a provider's input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidInput {
    /// The address is none.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// A field is missing, or of another type.
    #[error("Field '{field}' is required and must be {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it must be, in words.
        expected: &'static str,
    },
    /// Anything else, in the words of the provider. Pages do not translate it.
    #[error("{0}")]
    Other(String),
}

impl From<&str> for InvalidInput {
    fn from(text: &str) -> Self {
        Self::Other(text.to_owned())
    }
}

impl From<String> for InvalidInput {
    fn from(text: String) -> Self {
        Self::Other(text)
    }
}
