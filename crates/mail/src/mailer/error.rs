//! Why a mail could not be sent, and invalid settings.

use super::Reason;

/// Why a mail could not be sent, and whether to try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// The reason, without secrets.
    pub reason: Reason,
    /// Whether this mail will never be accepted: the server refused its recipient or its text for good (5xx), or it
    /// cannot be written. A refusal of this client, by whatever status, does not count.
    pub is_final: bool,
    /// Whether the server as a whole fails, so that every mail waits: it cannot be reached, its certificate is not
    /// trusted, it refuses the login or the sender, it does not respond, or it closes (421).
    pub is_unreachable: bool,
}

impl SendError {
    /// Creates an error about this mail, for good.
    pub(crate) fn of_mail(reason: Reason) -> Self {
        Self { reason, is_final: true, is_unreachable: false }
    }

    /// Creates an error about this mail, for now.
    pub(crate) fn for_now(reason: Reason) -> Self {
        Self { reason, is_final: false, is_unreachable: false }
    }

    /// Creates an error about the server or the folder.
    pub(crate) fn of_server(reason: Reason) -> Self {
        Self { reason, is_final: false, is_unreachable: true }
    }
}

/// Settings with which no mail can be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailerError {
    /// The host is empty or not a name.
    #[error("the mail server's host {0:?} is not a name or an address")]
    Host(String),
    /// A user name without a password, or the reverse.
    #[error("the mail server's login needs a user name and a password; one of them is missing")]
    Login,
    /// No connection, or no time, is allowed.
    #[error("the mail server needs at least one connection and a timeout that is not zero")]
    Limits,
    /// The file of trusted certificates cannot be read.
    #[error("the file {path} of trusted certificates cannot be read: {source}")]
    CaFile {
        /// The file.
        path: std::path::PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file of trusted certificates contains none.
    #[error("the file {0} contains no certificates in PEM form")]
    NoCertificate(std::path::PathBuf),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}
