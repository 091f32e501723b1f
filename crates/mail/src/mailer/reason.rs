//! Why a mail was not sent.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule_core::{CertificateProblem, Seconds};

/// Why a mail was not sent. `Display` is English; pages match on the variant and have their own texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The server refused the recipient or the text.
    #[error("{host} answered {code}{}", said(.answer))]
    Answered {
        /// The server.
        host: String,
        /// The status.
        code: u16,
        /// The server's reply.
        answer: String,
    },
    /// The server refused the login.
    #[error("{host} refused the login with {code}{}", said(.answer))]
    LoginRefused {
        /// The server.
        host: String,
        /// The status.
        code: u16,
        /// The server's reply, without anything that may be the password.
        answer: String,
    },
    /// The server refused the sender.
    #[error("{host} refused the sender with {code}{}", said(.answer))]
    SenderRefused {
        /// The server.
        host: String,
        /// The status.
        code: u16,
        /// The server's reply.
        answer: String,
    },
    /// The server did not respond in time.
    #[error("{host} did not answer within {}", Seconds(*.within))]
    TimedOut {
        /// The server.
        host: String,
        /// The time limit.
        within: Duration,
    },
    /// The port is closed.
    #[error("{host} refuses connections: nothing listens on that port")]
    ConnectionRefused {
        /// The server.
        host: String,
    },
    /// The server closed the connection.
    #[error("{host} closed the connection")]
    Closed {
        /// The server.
        host: String,
    },
    /// The connection failed for another reason.
    #[error("{host} cannot be reached: {error}")]
    Unreachable {
        /// The server.
        host: String,
        /// The system's error.
        error: String,
    },
    /// The server does not speak SMTP.
    #[error("{host} does not speak SMTP as it should: {error}")]
    NotSmtp {
        /// The server.
        host: String,
        /// The problem.
        error: String,
    },
    /// TLS failed, and not because of the certificate.
    #[error("{host} does not speak TLS as it should: {error}")]
    NoTls {
        /// The server.
        host: String,
        /// The TLS library's error.
        error: String,
    },
    /// The certificate is not valid.
    #[error("the certificate of {host} {problem}")]
    Certificate {
        /// The server.
        host: String,
        /// The problem.
        problem: CertificateProblem,
    },
    /// No authority that this machine trusts has issued the certificate.
    #[error("the certificate of {host} is not trusted: who issued it is not known here")]
    UnknownIssuer {
        /// The server.
        host: String,
    },
    /// The configuration requires STARTTLS, and the server has none.
    #[error("{host} offers no encryption (STARTTLS), which is required; nothing was sent")]
    NoStartTls {
        /// The server.
        host: String,
    },
    /// The configuration has a password, but the server supports no login.
    #[error("{host} offers no login with a user name and a password")]
    NoLogin {
        /// The server.
        host: String,
    },
    /// The recipient's address needs SMTPUTF8 (RFC 6531), which the server does not support.
    #[error("{host} takes no addresses with letters beyond ASCII before the @")]
    NoUtf8 {
        /// The server.
        host: String,
    },
    /// The folder for mails cannot be written.
    #[error("the folder {folder} takes no mail: {error}")]
    Folder {
        /// The folder.
        folder: String,
        /// The system's error.
        error: String,
    },
    /// The address cannot be a recipient.
    #[error("mail cannot be sent to {address}")]
    Address {
        /// The address.
        address: String,
    },
    /// The mail cannot be built.
    #[error("the mail cannot be written: {error}")]
    Unwritten {
        /// The error.
        error: String,
    },
}

fn said(answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!(": {answer}") }
}
