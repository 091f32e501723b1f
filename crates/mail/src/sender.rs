//! The sender of the mails.

use std::fmt;
use std::str::FromStr;

use vestibule_core::{EmailAddress, InvalidEmail};

/// The sender of the mails: `no-reply@example.com` or `Vestibule <no-reply@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub(crate) name: Option<String>,
    pub(crate) address: EmailAddress,
}

/// Why a text is no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSender {
    /// An angle bracket is missing, or something follows the last.
    #[error("a sender has the form no-reply@example.com or Vestibule <no-reply@example.com>")]
    Form,
    /// The name contains a line break or another control character.
    #[error("the sender's name contains a character that is not allowed")]
    Name,
    /// The address is not valid.
    #[error("the sender's address is not valid: {0}")]
    Address(#[from] InvalidEmail),
}

impl Sender {
    /// Returns the domain in its ASCII form.
    pub fn domain(&self) -> &str {
        self.address.canonical().rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }
}

impl FromStr for Sender {
    type Err = InvalidSender;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.contains(char::is_control) {
            return Err(InvalidSender::Name);
        }
        let Some((name, rest)) = text.rsplit_once('<') else {
            return match text.contains('>') {
                true => Err(InvalidSender::Form),
                false => Ok(Self { name: None, address: EmailAddress::parse(text)? }),
            };
        };
        let address = rest.strip_suffix('>').ok_or(InvalidSender::Form)?;
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).trim();
        if name.contains(['<', '>']) {
            return Err(InvalidSender::Form);
        }
        Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), address: EmailAddress::parse(address)? })
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => self.address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_may_have_a_name() {
        for (text, printed) in [
            ("no-reply@example.com", "no-reply@example.com"),
            (" <no-reply@example.com> ", "no-reply@example.com"),
            ("Vestibule <no-reply@example.com>", "Vestibule <no-reply@example.com>"),
            ("\"Müller, Söhne\" <no-reply@example.com>", "Müller, Söhne <no-reply@example.com>"),
        ] {
            assert_eq!(text.parse::<Sender>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn invalid_senders_are_refused() {
        for (text, error) in [
            ("", InvalidSender::Address(InvalidEmail::Form)),
            ("Vestibule", InvalidSender::Address(InvalidEmail::Form)),
            ("Vestibule <>", InvalidSender::Address(InvalidEmail::Form)),
            ("Vestibule <a@example.com", InvalidSender::Form),
            ("a@example.com>", InvalidSender::Form),
            ("Vestibule <a@example.com> x", InvalidSender::Form),
            ("a <b> <a@example.com>", InvalidSender::Form),
            ("Vestibule\r\nBcc: eve@example.com <a@example.com>", InvalidSender::Name),
        ] {
            assert_eq!(text.parse::<Sender>(), Err(error), "{text:?}");
        }
    }
}
