//! Why a connection failed, as mail and webhooks both report it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The problem of a server's certificate. Its text follows "the certificate of mail.example.com".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CertificateProblem {
    /// It has expired.
    #[error("has expired")]
    Expired,
    /// It is not valid yet.
    #[error("is not valid yet")]
    NotValidYet,
    /// It is for another name.
    #[error("is for another name")]
    OtherName,
    /// Its issuer has revoked it.
    #[error("was revoked")]
    Revoked,
    /// Another problem: the TLS library's error.
    #[error("is not valid: {0}")]
    Other(String),
}

/// Formats a duration as `15 s`, or `250 ms` if it has a fraction.
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
