//! Why an import failed.

use vestibule_database::{Error, MigrationError};

use crate::SourceError;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The source cannot be read. Nothing was changed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Roles that do not exist. Nothing was changed.
    #[error("there are no such roles: {}", .0.join(", "))]
    Roles(Vec<String>),
    /// Users are there already, and that is to stop the import. Nothing was changed.
    #[error("{number} rows are in conflict with what is here, the first of them {first}: nothing was imported")]
    Conflict {
        /// How many.
        number: u64,
        /// The first.
        first: String,
    },
    /// The report cannot be written. Run the import again: it continues where it stopped.
    #[error("the report cannot be written: {0}")]
    Report(std::io::Error),
    /// The tables of imports cannot be created.
    #[error(transparent)]
    Tables(#[from] MigrationError),
    /// The database failed. Run the import again: it continues where it stopped.
    #[error("the import stopped: {}. Run it again: it continues there", .0.causes())]
    Database(#[from] Error),
}

impl ImportError {
    /// Whether what the import was asked for is wrong, rather than the work itself.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Source(SourceError::Database(_)) => false,
            Self::Source(_) | Self::Roles(_) => true,
            _ => false,
        }
    }
}

/// Why an import was not undone. Nothing was changed, unless the database failed in between: then it can be undone again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// There is none with this id.
    #[error("there is no import with the id {0}: `vestibule import list` lists them")]
    NotFound(String),
    /// It was undone already.
    #[error("this import was undone already")]
    Undone,
    /// One of its users has signed in since, or one of its keys was used.
    #[error("{0} has been used since the import: it cannot be undone any more")]
    Used(String),
    /// The tables of imports cannot be created.
    #[error(transparent)]
    Tables(#[from] MigrationError),
    /// The database failed.
    #[error("the database failed: {}", .0.causes())]
    Database(#[from] Error),
}
