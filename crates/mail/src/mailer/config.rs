//! The connection to a mail server.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};

use super::{Hello, MailerError};

/// How the connection is encrypted. This is required: if the server does not offer it, nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS after the greeting (RFC 3207). The usual port is 587.
    StartTls,
    /// TLS from the first byte (RFC 8314). The usual port is 465.
    Tls,
    /// None: for a server on the same machine. The usual port is 25.
    None,
}

impl Encryption {
    /// Returns the default port.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// The settings of a mail server.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Its host name or address.
    pub host: String,
    /// Its port, if it is not [`Encryption::usual_port`].
    pub port: Option<u16>,
    /// The name sent with `EHLO`.
    pub hello: Hello,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// The user name of the login, if one is needed.
    pub username: Option<String>,
    /// The password of the login.
    pub password: Option<String>,
    /// A file of certificates (PEM) that are trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// How long the server may take for each response.
    pub timeout: Duration,
    /// The most connections at a time.
    pub connections: u32,
}

impl SmtpConfig {
    /// Refuses settings that can never work, so that errors appear at the start.
    pub(super) fn check(&self) -> Result<(), MailerError> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if self.host.is_empty() || !self.host.chars().all(is_name) {
            return Err(MailerError::Host(self.host.clone()));
        }
        if self.username.is_some() != self.password.is_some() {
            return Err(MailerError::Login);
        }
        if self.connections == 0 || self.timeout.is_zero() {
            return Err(MailerError::Limits);
        }
        Ok(())
    }

    /// Returns the TLS settings; `None` without TLS.
    pub(super) fn tls(&self) -> Result<Option<TlsParameters>, MailerError> {
        if self.encryption == Encryption::None {
            return Ok(None);
        }
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(path) = &self.ca_file {
            builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificates(path)?);
        }
        builder.build().map(Some).map_err(|error| MailerError::Tls(error.to_string()))
    }
}

fn certificates(path: &Path) -> Result<Certificate, MailerError> {
    let pem = fs::read(path).map_err(|source| MailerError::CaFile { path: path.to_owned(), source })?;
    // Otherwise a file without certificates would be an empty list, and nothing would be trusted.
    if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
        return Err(MailerError::NoCertificate(path.to_owned()));
    }
    Certificate::from_pem(&pem).map_err(|_| MailerError::NoCertificate(path.to_owned()))
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("hello", &self.hello)
            .field("encryption", &self.encryption)
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("ca_file", &self.ca_file)
            .field("timeout", &self.timeout)
            .field("connections", &self.connections)
            .finish()
    }
}
