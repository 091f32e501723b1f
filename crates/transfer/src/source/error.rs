//! Why a source cannot be read.

use vestibule_database::Error;

/// Why a source cannot be read. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file cannot be opened or read.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}, line {line}, column {column}: {message}")]
    Content {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// What is wrong.
        message: String,
    },
    /// Something is missing or wrong in what the import was asked for.
    #[error("{0}")]
    Options(String),
    /// The database of the other program cannot be read.
    #[error("the source cannot be read: {}", .0.causes())]
    Database(#[from] Error),
}
