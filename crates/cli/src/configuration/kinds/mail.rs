//! Settings of mails.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use vestibule::mail::{Encryption, Hello, Sender};

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

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port, if it is not the default.
    pub port: Option<u16>,
}

/// A [`MailServer`].
#[derive(Debug)]
pub(in super::super) struct HostAndPort;

impl Form for HostAndPort {
    fn form(&self) -> String {
        "name or address of a server, with a port or without".to_owned()
    }
}

impl Kind for HostAndPort {
    type Value = MailServer;

    fn read(&self, raw: &Raw) -> Result<MailServer, Problem> {
        let text = raw.text();
        read_server(&text)
            .ok_or_else(|| no(&text, "a server such as smtp.example.com or smtp.example.com:587, without a scheme"))
    }
}

fn read_server(text: &str) -> Option<MailServer> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(MailServer { host: address.to_string(), port: None });
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(MailServer { host: address.ip().to_string(), port: Some(address.port()) });
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0)?)),
        None => (text, None),
    };
    let is_name =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    (host.len() <= 253 && host.split('.').all(is_name)).then(|| MailServer { host: host.to_owned(), port })
}

/// A [`Hello`].
#[derive(Debug)]
pub(in super::super) struct Greeting;

impl Form for Greeting {
    fn form(&self) -> String {
        "domain name or IP address".to_owned()
    }
}

impl Kind for Greeting {
    type Value = Hello;

    fn read(&self, raw: &Raw) -> Result<Hello, Problem> {
        let text = raw.text();
        text.parse().map_err(|_| no(&text, "a domain name such as mail.example.com, or an IP address"))
    }
}

/// A password given by another service: any text.
#[derive(Debug)]
pub(in super::super) struct Password;

/// A text that must not be displayed.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Returns the text. Neither log nor print it.
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
        match raw.text() {
            text if text.is_empty() => Err(no(&text, "the secret")),
            text => Ok(Hidden(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_have_a_port() {
        let read = |text: &str| read_server(text).map(|server| (server.host, server.port));
        let is = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(read("smtp.example.com"), is("smtp.example.com", None));
        assert_eq!(read("localhost:2525"), is("localhost", Some(2525)));
        assert_eq!(read("::1"), is("::1", None));
        assert_eq!(read("[::1]:25"), is("::1", Some(25)));
        assert_eq!(read("10.0.0.7:25"), is("10.0.0.7", Some(25)));
        for text in
            ["", "smtp://example.com", "example.com:0", "example.com:", "example.com:99999", "a b", "a..b", ":25"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
