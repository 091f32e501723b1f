//! Sends mails: to a mail server, or into a folder.

mod config;
mod error;
mod failure;
mod folder;
mod hello;
mod line_stream;
mod reason;
mod smtp;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::config::{Encryption, SmtpConfig};
pub use self::error::{MailerError, SendError};
pub use self::hello::{Hello, InvalidHello};
pub use self::reason::Reason;
use crate::message::{Mail, letter};
use crate::sender::Sender;

/// Sends mails. Clones share their connections.
#[derive(Clone)]
pub struct Mailer {
    sender: Arc<Sender>,
    transport: Transport,
}

#[derive(Clone)]
enum Transport {
    Smtp(Arc<smtp::Smtp>),
    Folder(Arc<Path>),
}

impl Mailer {
    /// Creates a mailer for a mail server. It does not connect yet.
    ///
    /// # Errors
    ///
    /// [`MailerError`] for settings that can never work: half a login, no connection allowed, no time, a certificate
    /// file without certificates.
    pub fn smtp(config: &SmtpConfig, sender: Sender) -> Result<Self, MailerError> {
        Ok(Self { sender: Arc::new(sender), transport: Transport::Smtp(Arc::new(smtp::Smtp::new(config)?)) })
    }

    /// Creates a mailer that writes each mail as `{id}.eml` into a folder, which is created if necessary.
    pub fn folder(path: PathBuf, sender: Sender) -> Self {
        Self { sender: Arc::new(sender), transport: Transport::Folder(path.into()) }
    }

    /// Returns the folder that mails are written to, if any.
    pub fn is_folder(&self) -> Option<&Path> {
        match &self.transport {
            Transport::Folder(path) => Some(path),
            Transport::Smtp(_) => None,
        }
    }

    /// Sends a mail: when this returns, the server has accepted it.
    ///
    /// # Errors
    ///
    /// [`SendError`], which says whether to try again. If the connection breaks after the last byte, the server may
    /// have accepted the mail; trying again may then deliver it twice, with the same `Message-ID`.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<(), SendError> {
        let letter = letter(mail, &self.sender)?;
        match &self.transport {
            Transport::Smtp(smtp) => smtp.send(&letter).await,
            Transport::Folder(path) => folder::write(path, mail.id, letter.bytes).await,
        }
    }

    /// Connects to the server and logs in, or checks that the folder is writable.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the reason.
    pub async fn check(&self) -> Result<(), SendError> {
        match &self.transport {
            Transport::Smtp(smtp) => smtp.check().await,
            Transport::Folder(path) => folder::check(path).await,
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("sender", &self.sender)
            .field("folder", &self.is_folder())
            .finish_non_exhaustive()
    }
}
