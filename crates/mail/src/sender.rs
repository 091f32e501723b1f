//! From whom the mails are.

use std::fmt;
use std::str::FromStr;

use vestibule_core::{EmailAddress, InvalidEmail};

/// From whom the mails are: `no-reply@example.com` or `Vestibule <no-reply@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub(crate) name: Option<String>,
    pub(crate) address: EmailAddress,
}

/// Text that names no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSender {
    /// An angle bracket is missing, or something follows the last.
    #[error("a sender has the form no-reply@example.com or Vestibule <no-reply@example.com>")]
    Form,
    /// The name has a line break or another control character.
    #[error("the sender's name has a character that cannot stand there")]
    Name,
    /// The address is none.
    #[error("the sender's address is not one: {0}")]
    Address(#[from] InvalidEmail),
}

impl Sender {
    /// The domain in its ASCII form.
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
    fn with_a_name_or_without() {
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
    fn what_is_no_sender_is_refused() {
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
