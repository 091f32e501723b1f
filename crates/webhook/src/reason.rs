//! Why a message did not arrive.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule_core::{CertificateProblem, Seconds};

use crate::Refusal;

/// Why a message did not arrive. `Display` is English; pages match on the variant and have their own texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The status is not 2xx.
    #[error("answered {status}{}", said(.answer.as_deref()))]
    Answered {
        /// The status.
        status: u16,
        /// The beginning of the response, if it may be displayed.
        answer: Option<String>,
    },
    /// The status is 410 (Standard Webhooks 1.0, "Delivery").
    #[error("answered 410: it wants no more messages")]
    Gone,
    /// The receiver redirects to another URL.
    #[error("answered {status}: redirects are not followed; change the endpoint's URL{}", said(.answer.as_deref()))]
    Redirected {
        /// The status.
        status: u16,
        /// The beginning of the response, if it may be displayed.
        answer: Option<String>,
    },
    /// The receiver did not respond in time.
    #[error("did not answer within {}", Seconds(*.within))]
    TimedOut {
        /// The time limit.
        within: Duration,
    },
    /// The receiver closed the connection.
    #[error("closed the connection without an answer")]
    Closed,
    /// The connection broke.
    #[error("the connection broke before an answer: {error}")]
    Broken {
        /// The system's error.
        error: String,
    },
    /// The response cannot be parsed.
    #[error("its answer is not HTTP: {error}")]
    NotHttp {
        /// The problem.
        error: String,
    },
    /// The guard refuses the host's address.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The host's name cannot be resolved.
    #[error("the name {host} cannot be resolved: {error}")]
    Unresolved {
        /// The host.
        host: String,
        /// The system's error.
        error: String,
    },
    /// The host's name has no address.
    #[error("the name {host} has no address")]
    NoAddress {
        /// The host.
        host: String,
    },
    /// The host refuses connections.
    #[error("{host} at {address} cannot be connected to: {error}")]
    NotConnected {
        /// The host.
        host: String,
        /// Its address.
        address: SocketAddr,
        /// The system's error.
        error: String,
    },
    /// Connecting took too long.
    #[error("{host} could not be connected to within {}", Seconds(*.within))]
    ConnectTimedOut {
        /// The host.
        host: String,
        /// The time limit.
        within: Duration,
    },
    /// TLS failed, and not because of the certificate.
    #[error("no TLS connection to {host}: {error}")]
    NoTls {
        /// The host.
        host: String,
        /// The TLS library's error.
        error: String,
    },
    /// The certificate is not valid.
    #[error("the certificate of {host} {problem}")]
    Certificate {
        /// The host.
        host: String,
        /// The problem.
        problem: CertificateProblem,
    },
    /// No authority that this machine trusts has issued the certificate.
    #[error(
        "the certificate of {host} was not issued by an authority that this machine trusts: name the authority's with \
         webhooks.ca_file"
    )]
    UnknownIssuer {
        /// The host.
        host: String,
    },
    /// The endpoint has no secret to sign with.
    #[error("was not sent: the endpoint has no secret to sign with")]
    NoSecret,
    /// The request cannot be built.
    #[error("was not sent: {error}")]
    NotSent {
        /// The error.
        error: String,
    },
}

impl Reason {
    /// Adds the beginning of the response. Only for readers who may know what was sent: some receivers
    /// repeat it.
    #[must_use]
    pub fn with_answer(mut self, text: &str) -> Self {
        if let Self::Answered { answer, .. } | Self::Redirected { answer, .. } = &mut self {
            *answer = Some(text.to_owned());
        }
        self
    }
}

fn said(answer: Option<&str>) -> String {
    answer.map(|answer| format!(": {answer}")).unwrap_or_default()
}
