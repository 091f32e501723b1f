//! How the mails leave: to a mail server, or into a folder.

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

/// Sends mails. A clone sends over the same connections.
#[derive(Clone)]
pub struct Mailer {
    sender: Arc<Sender>,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp(Arc<smtp::Smtp>),
    Folder(Arc<Path>),
}

impl Mailer {
    /// To a mail server. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`MailerError`] where the settings can never work: a login with one half, no connection allowed, no time, a file
    /// of certificates that has none.
    pub fn smtp(config: &SmtpConfig, sender: Sender) -> Result<Self, MailerError> {
        Ok(Self { sender: Arc::new(sender), way: Way::Smtp(Arc::new(smtp::Smtp::new(config)?)) })
    }

    /// Into a folder, each mail as `{id}.eml`. The folder is made where there is none.
    pub fn folder(path: PathBuf, sender: Sender) -> Self {
        Self { sender: Arc::new(sender), way: Way::Folder(path.into()) }
    }

    /// The folder into which mails go, where they do.
    pub fn is_folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Folder(path) => Some(path),
            Way::Smtp(_) => None,
        }
    }

    /// Sends a mail: when this returns, the server has taken it.
    ///
    /// # Errors
    ///
    /// [`SendError`], which says whether to try again. Where the connection breaks after the last byte, nobody can know
    /// whether the server took the mail; trying again may then deliver it twice, with the same `Message-ID`.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<(), SendError> {
        let letter = letter(mail, &self.sender)?;
        match &self.way {
            Way::Smtp(smtp) => smtp.send(&letter).await,
            Way::Folder(path) => folder::write(path, mail.id, letter.bytes).await,
        }
    }

    /// Connects to the server and logs in, or sees whether the folder can be written.
    ///
    /// # Errors
    ///
    /// [`SendError`], with what is wrong.
    pub async fn check(&self) -> Result<(), SendError> {
        match &self.way {
            Way::Smtp(smtp) => smtp.check().await,
            Way::Folder(path) => folder::check(path).await,
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
