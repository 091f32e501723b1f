//! Why an uploaded table is refused.

use vestibule_database::{Error, MigrationError};

use crate::TableError;

/// Why an uploaded table is refused, or what is done with it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// There is none with this id: it is deleted after a day.
    #[error("there is no such upload: it is deleted after a day")]
    NotFound,
    /// It has too many bytes.
    #[error("the file has more than {} MiB", super::MOST_BYTES / 1024 / 1024)]
    TooLarge,
    /// It is no table. Nothing was changed.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The step cannot be done now: another one is under way, or was done already.
    #[error("another step is under way, or was done already")]
    Busy,
    /// It was sealed by another secret.
    #[error("the upload cannot be opened: the secret of the server has changed")]
    Sealed,
    /// The tables of imports cannot be created.
    #[error(transparent)]
    Tables(#[from] MigrationError),
    /// The database failed.
    #[error("the database failed: {}", .0.causes())]
    Database(#[from] Error),
}
