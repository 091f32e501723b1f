//! Colours, and addresses to which pages link.

use vestibule::dashboard::Accent;

use super::{Form, Kind, Problem, Raw, no};

/// A colour, such as `#1f5c4d`.
#[derive(Debug)]
pub(in super::super) struct Colour;

impl Form for Colour {
    fn form(&self) -> String {
        "colour, such as #1f5c4d".to_owned()
    }
}

impl Kind for Colour {
    type Value = Accent;

    fn read(&self, raw: &Raw) -> Result<Accent, Problem> {
        let text = raw.text();
        text.parse().map_err(|_| no(&text, "a colour of the form #1f5c4d"))
    }
}

/// A web address, which may also be an e-mail address.
#[derive(Debug)]
pub(in super::super) struct WebAddress {
    or_email: bool,
}

impl WebAddress {
    pub(in super::super) const ALONE: Self = Self { or_email: false };
    pub(in super::super) const OR_EMAIL: Self = Self { or_email: true };

    fn expected(&self) -> &'static str {
        if self.or_email {
            "a web address, such as https://example.com/help, or an e-mail address"
        } else {
            "a web address, such as https://example.com/terms"
        }
    }
}

impl Form for WebAddress {
    fn form(&self) -> String {
        if self.or_email { "web address or e-mail address".to_owned() } else { "web address".to_owned() }
    }
}

impl Kind for WebAddress {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let after_scheme = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_web = after_scheme.is_some_and(|rest| !has_password(rest));
        let is_one_word = text.len() <= 512 && !text.contains(|c: char| c.is_control() || c.is_whitespace());
        let is_email = self.or_email && text.parse::<vestibule::core::EmailAddress>().is_ok();
        if is_one_word && (is_web || is_email) { Ok(text) } else { Err(no(&text, self.expected())) }
    }
}

/// Whether an address, without its scheme, names a user or has more than a port behind the host: what is displayed must
/// have no password (security.md 39).
fn has_password(address: &str) -> bool {
    let authority = address.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = |port: &str| port.chars().all(|c| c.is_ascii_digit() || c == ':' || c == ']');
    authority.contains('@') || authority.rsplit_once(':').is_some_and(|(_, port)| !is_port(port))
}
