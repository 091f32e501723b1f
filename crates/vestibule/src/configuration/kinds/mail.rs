//! What mails need to know.

use std::fmt;

use vestibule_mail::{Encryption, Sender};

use super::{Form, Kind, Problem, Raw, no};

/// A [`Sender`].
#[derive(Debug)]
pub(in super::super) struct MailSender;

impl Form for MailSender {
    fn form(&self) -> String {
        "address, or name <address>".to_owned()
    }
}

impl Kind for MailSender {
    type Value = Sender;

    fn read(&self, raw: &Raw) -> Result<Sender, Problem> {
        let text = raw.text();
        text.parse().map_err(|_| no(&text, "a sender such as no-reply@example.com or Vestibule <no-reply@example.com>"))
    }
}

/// An [`Encryption`].
#[derive(Debug)]
pub(in super::super) struct Protection;

impl Form for Protection {
    fn form(&self) -> String {
        "starttls, tls or none".to_owned()
    }
}

impl Kind for Protection {
    type Value = Encryption;

    fn read(&self, raw: &Raw) -> Result<Encryption, Problem> {
        match raw.text().as_str() {
            "starttls" => Ok(Encryption::StartTls),
            "tls" => Ok(Encryption::Tls),
            "none" => Ok(Encryption::None),
            other => Err(no(other, "starttls, tls or none")),
        }
    }
}

/// The name or the address of a server.
#[derive(Debug)]
pub(in super::super) struct Host;

impl Form for Host {
    fn form(&self) -> String {
        "name or address of a server".to_owned()
    }
}

impl Kind for Host {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let known = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        if !text.is_empty() && text.len() <= 253 && text.chars().all(known) {
            Ok(text)
        } else {
            Err(no(&text, "a server's name such as smtp.example.com, without scheme and port"))
        }
    }
}

/// A password that somebody else has given out: any text.
#[derive(Debug)]
pub(in super::super) struct Password;

/// What must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// The text itself. Neither log nor print it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

impl Form for Password {
    fn form(&self) -> String {
        "secret".to_owned()
    }

    fn is_secret(&self) -> bool {
        true
    }

    fn show(&self, _: &str) -> String {
        "set".to_owned()
    }
}

impl Kind for Password {
    type Value = Hidden;

    fn read(&self, raw: &Raw) -> Result<Hidden, Problem> {
        Ok(Hidden(raw.text()))
    }
}
