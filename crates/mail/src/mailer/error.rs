//! What can go wrong with a mail, or with the settings.

use super::Reason;

/// Why a mail did not leave, and whether trying again makes sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// The reason, without secrets.
    pub reason: Reason,
    /// Whether this mail will never be taken: the server refused its recipient or its text for good (5xx), or it cannot
    /// be written. A refusal of this client, by whatever status, is none.
    pub is_final: bool,
    /// Whether it is the server as a whole, and so every mail waits: it cannot be reached, its certificate is not
    /// trusted, it refuses the login or the sender, it says nothing, or it closes (421).
    pub is_unreachable: bool,
}

impl SendError {
    /// It is this mail, for good.
    pub(crate) fn of_mail(reason: Reason) -> Self {
        Self { reason, is_final: true, is_unreachable: false }
    }

    /// It is this mail, for now.
    pub(crate) fn for_now(reason: Reason) -> Self {
        Self { reason, is_final: false, is_unreachable: false }
    }

    /// It is the server, or the folder.
    pub(crate) fn of_server(reason: Reason) -> Self {
        Self { reason, is_final: false, is_unreachable: true }
    }
}

/// Settings with which no mail can be sent.
#[derive(Debug, thiserror::Error)]
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
        /// Why.
        source: std::io::Error,
    },
    /// The file of trusted certificates has none.
    #[error("the file {0} has no certificates in PEM form")]
    NoCertificate(std::path::PathBuf),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}
