//! Why a connection failed, as mail and webhooks both report it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is wrong with the certificate of a server. Its text goes after "the certificate of mail.example.com".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CertificateProblem {
    /// It has expired.
    #[error("has expired")]
    Expired,
    /// It is valid from a later moment on.
    #[error("is not valid yet")]
    NotValidYet,
    /// It is another server's.
    #[error("is for another name")]
    OtherName,
    /// Its issuer has revoked it.
    #[error("was revoked")]
    Revoked,
    /// Another problem, in the words of the TLS library.
    #[error("is not valid: {0}")]
    Other(String),
}

/// A duration, for people: `15 s`, or `250 ms` where there is a fraction of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.subsec_millis() {
            0 => write!(f, "{} s", self.0.as_secs()),
            _ => write!(f, "{} ms", self.0.as_millis()),
        }
    }
}
