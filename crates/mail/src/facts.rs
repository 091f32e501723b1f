//! What a mail can tell.

use vestibule_core::{Timestamp, link};

use crate::Kind;

/// What a mail can tell. Every template sees every fact under its name here; one that is absent prints as nothing and
/// is false in an `if`.
///
/// All of it is shown as text, whatever characters it has. Line breaks and other control characters become spaces, and
/// a text that people could choose is cut after 100 characters, and has no links ([`crate::unlinked`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What the service is called, such as `Vestibule`.
    pub app: String,
    /// Where the service is, such as `https://people.example.com`.
    pub public_url: String,
    /// To whom the mail goes.
    pub address: String,
    /// What the button opens, with its token.
    pub link: Option<String>,
    /// Who invited.
    pub inviter: Option<String>,
    /// Until when the link works.
    pub expires_at: Option<Timestamp>,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The device, such as `Firefox on Linux`.
    pub device: Option<String>,
    /// The network address from which it was done.
    pub client_address: Option<String>,
    /// Which second factor, in words.
    pub factor: Option<String>,
    /// A code to be typed in.
    pub code: Option<String>,
}

impl Facts {
    /// Made-up facts as a mail of this kind would have them, for previews, and for trying a template.
    pub fn sample(kind: Kind) -> Self {
        // 26 November 2026, 14:05 UTC.
        let happened_at = Timestamp::from_seconds(1_795_701_900);
        let page = match kind {
            Kind::Invite | Kind::InviteAgain => Some(("/app/invite", "token")),
            Kind::PasswordReset => Some(("/app/reset-password", "token")),
            Kind::Verification => Some(("/app/verify", "code")),
            _ => None,
        };
        let token = "tbBs0pXl2mZq5rT7wYc3dF9gHj1kLnPvQxUiOaEeSsM";
        let public_url = "https://people.example.com";
        let is_invite = matches!(kind, Kind::Invite | Kind::InviteAgain);
        let is_device = matches!(kind, Kind::NewDevice | Kind::PasswordChanged);
        let is_factor = matches!(kind, Kind::SecondFactorOn | Kind::SecondFactorOff);
        Self {
            app: "Vestibule".to_owned(),
            public_url: public_url.to_owned(),
            address: "ada@example.com".to_owned(),
            link: page.map(|(path, name)| link(public_url, path, name, token)),
            inviter: is_invite.then(|| "Grace Hopper".to_owned()),
            expires_at: page.map(|_| happened_at + std::time::Duration::from_secs(24 * 3600)),
            happened_at,
            device: is_device.then(|| "Firefox on Linux".to_owned()),
            client_address: is_device.then(|| "203.0.113.7".to_owned()),
            factor: is_factor.then(|| "Authenticator app".to_owned()),
            code: None,
        }
    }
}
