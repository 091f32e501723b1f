//! The data that a mail may contain.

use vestibule_core::{Timestamp, link};

use crate::Kind;

/// The data that a mail may contain. Every template sees every fact by its name here; an absent one prints as nothing
/// and is false in an `if`.
///
/// Facts are displayed as text, whatever characters they contain. Line breaks and other control characters become
/// spaces; a text that users choose is cut after 100 characters and loses its links ([`crate::unlinked`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The service's name, such as `Vestibule`.
    pub app: String,
    /// The service's URL, such as `https://people.example.com`.
    pub public_url: String,
    /// The recipient.
    pub address: String,
    /// The new address, in the mail to the old one. The mail to the new one names no other: it may reach a stranger.
    pub other_address: Option<String>,
    /// The button's URL, with its token.
    pub link: Option<String>,
    /// The name of the user who sent the invite.
    pub inviter: Option<String>,
    /// When the link expires.
    pub expires_at: Option<Timestamp>,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The device, such as `Firefox on Linux`.
    pub device: Option<String>,
    /// The client's network address.
    pub client_address: Option<String>,
    /// The second factor, by its name.
    pub factor: Option<String>,
    /// Whether the account has other second factors than the one that was removed.
    pub other_factors: bool,
    /// A code to type in.
    pub code: Option<String>,
}

impl Facts {
    /// Returns sample facts for a mail of this kind, for previews and for testing a template.
    pub fn sample(kind: Kind) -> Self {
        // 26 November 2026, 14:05 UTC.
        let happened_at = Timestamp::from_seconds(1_795_701_900);
        let page = match kind {
            Kind::Invite | Kind::InviteAgain => Some(("/app/invite", "token")),
            Kind::PasswordReset => Some(("/app/reset-password", "token")),
            Kind::Verification => Some(("/app/verify", "code")),
            Kind::SignInCode => Some(("/app/login/code", "token")),
            Kind::EmailChange => Some(("/app/email", "token")),
            Kind::EmailChanged => Some(("/app/email/revert", "token")),
            _ => None,
        };
        let token = "tbBs0pXl2mZq5rT7wYc3dF9gHj1kLnPvQxUiOaEeSsM";
        let public_url = "https://people.example.com";
        let is_invite = matches!(kind, Kind::Invite | Kind::InviteAgain);
        let is_change = kind == Kind::EmailChanged;
        let is_device = matches!(kind, Kind::NewDevice | Kind::PasswordChanged);
        let is_factor = matches!(kind, Kind::SecondFactorOn | Kind::SecondFactorOff);
        Self {
            app: "Vestibule".to_owned(),
            public_url: public_url.to_owned(),
            address: "ada@example.com".to_owned(),
            other_address: is_change.then(|| "ada.lovelace@example.com".to_owned()),
            link: page.map(|(path, name)| link(public_url, path, name, token)),
            inviter: is_invite.then(|| "Grace Hopper".to_owned()),
            expires_at: page.map(|_| happened_at + std::time::Duration::from_secs(24 * 3600)),
            happened_at,
            device: is_device.then(|| "Firefox on Linux".to_owned()),
            client_address: is_device.then(|| "203.0.113.7".to_owned()),
            factor: is_factor.then(|| "Authenticator app".to_owned()),
            other_factors: false,
            code: (kind == Kind::SignInCode).then(|| "482913".to_owned()),
        }
    }
}
