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
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        let is_one_word = text.len() <= 512 && !text.contains(|c: char| c.is_control() || c.is_whitespace());
        let is_email = self.or_email && text.parse::<vestibule::core::EmailAddress>().is_ok();
        if is_one_word && (is_web || is_email) { Ok(text) } else { Err(no(&text, self.expected())) }
    }
}
