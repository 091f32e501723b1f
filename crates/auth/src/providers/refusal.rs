//! Why a sign-in at another service is refused.

use vestibule_core::DomainError;

use crate::mfa::MfaFactorId;

/// Why a provider that redirects refuses a sign-in. Each has a code of its own, for pages and programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ProviderRefusal {
    /// The callback has no code.
    #[error("No code provided")]
    #[kind(Unauthorized, code = "sign_in_code_missing")]
    NoCode,
    /// The callback's state is missing or used, has expired, or belongs to another provider, actor type or browser.
    #[error("No state provided, or session expired")]
    #[kind(Unauthorized, code = "sign_in_expired")]
    UnknownState,
    /// The provider, or the user there, has refused.
    #[error("{message}")]
    #[kind(Unauthorized, code = "sign_in_denied")]
    Denied {
        /// What pages call the provider.
        name: String,
        /// The provider's code, such as `access_denied`.
        error: String,
        /// The message.
        message: String,
    },
    /// The response comes from another provider than the one that was asked (RFC 9207).
    #[error("The response does not come from {name}")]
    #[kind(Unauthorized, code = "sign_in_other_issuer")]
    OtherIssuer {
        /// What pages call the provider.
        name: String,
    },
    /// The provider gives no tokens for the code: it was used, has expired or was made up.
    #[error("{0}")]
    #[kind(Unauthorized, code = "sign_in_code_refused")]
    NotExchanged(String),
    /// The ID token is missing, or fails a check.
    #[error("{0}")]
    #[kind(Unauthorized, code = "id_token_invalid")]
    InvalidIdToken(String),
    /// The provider has not verified the user's address.
    #[error("{0}")]
    #[kind(Unauthorized, code = "email_not_verified")]
    EmailNotVerified(String),
    /// The user's account belongs to none of the domains that may sign in.
    #[error("Only accounts of {domains} may sign in here")]
    #[kind(Unauthorized, code = "other_domain")]
    OtherDomain {
        /// The domains.
        domains: String,
    },
    /// The client names a callback URL that is not on the list, or there is none at all.
    #[error("The provided callback URL is not allowed")]
    #[kind(InvalidData, code = "callback_url_not_allowed")]
    CallbackUrl,
    /// The browser's answer to the challenge proves no identity.
    #[error("{0}")]
    #[kind(Unauthorized, code = "passkey_refused")]
    Answer(String),
    /// The account has no such passkey, or no longer. A browser can forget it: `PublicKeyCredential.signalUnknownCredential`.
    #[error("This passkey is not known here: it was removed, or never added. Sign in another way, and add it again.")]
    #[kind(Unauthorized, code = "passkey_unknown")]
    UnknownPasskey,
    /// A passkey's counter has gone back.
    #[error(
        "This passkey is refused: its counter has gone back, so there may be a copy of it. Sign in another way, remove \
         the passkey, and add a new one."
    )]
    #[kind(Unauthorized, code = "passkey_counter")]
    CounterWentBack {
        /// The entity id of the passkey's owner.
        entity_id: String,
        /// The passkey.
        factor: MfaFactorId,
    },
    /// The provider gives no usable answer.
    #[error("{name} cannot be used at the moment: {why}")]
    #[kind(Unavailable, code = "provider_unavailable")]
    Unavailable {
        /// What pages call the provider.
        name: String,
        /// The reason, without addresses.
        why: String,
    },
}

impl ProviderRefusal {
    /// Another answer of the same passkey was used in the meantime, or the passkey was removed.
    pub fn answered_before() -> Self {
        Self::Answer("This passkey was used or removed at the same moment. Try again.".to_owned())
    }
}
