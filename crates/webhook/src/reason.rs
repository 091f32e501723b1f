//! Why a message did not arrive.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule_core::{CertificateProblem, Seconds};

use crate::Refusal;

/// Why a message did not arrive. Its text is English; a page matches on it and has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The receiver answered with another status than 2xx.
    #[error("answered {status}{}", said(.answer.as_deref()))]
    Answered {
        /// The status.
        status: u16,
        /// The beginning of its answer, where that may be shown.
        answer: Option<String>,
    },
    /// The receiver answered 410 (Standard Webhooks 1.0, "Delivery").
    #[error("answered 410: it wants no more messages")]
    Gone,
    /// The receiver named another URL.
    #[error("answered {status}: redirects are not followed; change the endpoint's URL{}", said(.answer.as_deref()))]
    Redirected {
        /// The status.
        status: u16,
        /// The beginning of its answer, where that may be shown.
        answer: Option<String>,
    },
    /// There was no answer in time.
    #[error("did not answer within {}", Seconds(*.within))]
    TimedOut {
        /// The time that was allowed.
        within: Duration,
    },
    /// The receiver closed the connection.
    #[error("closed the connection without an answer")]
    Closed,
    /// The connection broke.
    #[error("the connection broke before an answer: {error}")]
    Broken {
        /// By what, in the words of the system.
        error: String,
    },
    /// The answer cannot be read.
    #[error("its answer is not HTTP: {error}")]
    NotHttp {
        /// What is wrong with it.
        error: String,
    },
    /// The host's address is not one to connect to.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The host's name has no answer.
    #[error("the name {host} cannot be resolved: {error}")]
    Unresolved {
        /// The host.
        host: String,
        /// Why, in the words of the system.
        error: String,
    },
    /// The host's name has an answer without addresses.
    #[error("the name {host} has no address")]
    NoAddress {
        /// The host.
        host: String,
    },
    /// The host does not take connections.
    #[error("{host} at {address} cannot be connected to: {error}")]
    NotConnected {
        /// The host.
        host: String,
        /// Its address.
        address: SocketAddr,
        /// Why, in the words of the system.
        error: String,
    },
    /// There was no connection in time.
    #[error("{host} could not be connected to within {}", Seconds(*.within))]
    ConnectTimedOut {
        /// The host.
        host: String,
        /// The time that was allowed.
        within: Duration,
    },
    /// TLS failed, and not because of the certificate.
    #[error("no TLS connection to {host}: {error}")]
    NoTls {
        /// The host.
        host: String,
        /// Why, in the words of the TLS library.
        error: String,
    },
    /// The certificate is not valid.
    #[error("the certificate of {host} {problem}")]
    Certificate {
        /// The host.
        host: String,
        /// What is wrong with it.
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
    /// There is nothing to sign with.
    #[error("was not sent: the endpoint has no secret to sign with")]
    NoSecret,
    /// The request cannot be made.
    #[error("was not sent: {error}")]
    NotSent {
        /// Why.
        error: String,
    },
}

impl Reason {
    /// The same with the beginning of what the receiver answered. Only for a reader who may know what it was sent: some
    /// receivers answer with that.
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
