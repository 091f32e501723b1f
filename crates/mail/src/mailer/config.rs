//! How a mail server is reached.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};

use super::{Hello, MailerError};

/// How the connection is protected. What is named here is required: where the server does not offer it, nothing is sent.
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
    /// The port where none is named.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// How a mail server is reached.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Its name or address.
    pub host: String,
    /// Its port, where it is not [`Encryption::usual_port`].
    pub port: Option<u16>,
    /// The name by which it is greeted.
    pub hello: Hello,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// The user name of the login, where one is needed.
    pub username: Option<String>,
    /// The password of the login.
    pub password: Option<String>,
    /// A file of certificates (PEM) that are trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// How long the server may take for each of its answers.
    pub timeout: Duration,
    /// How many connections there are at most at one time.
    pub connections: u32,
}

impl SmtpConfig {
    /// Refuses what can never work, so that it shows at the start.
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

    /// How TLS is spoken; none where it is not.
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
    // Without this, a file with none would be read as an empty list, and nothing would be trusted.
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
