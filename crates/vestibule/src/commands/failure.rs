//! How a command ends that could not do its work.

use std::process::ExitCode;

use vestibule::configuration::ConfigurationError;
use vestibule::core::{DomainError, ErrorKind};
use vestibule::{OpenError, database};

use super::output;

/// One line for people, and an exit code for programs.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// The work could not be done; the same call may succeed later.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The program was called or configured wrongly.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Says so, and gives the code to exit with.
    pub(crate) fn exit(self) -> ExitCode {
        output::error(&self.message);
        ExitCode::from(self.code)
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::wrong(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Database(error) => unavailable(&error),
            OpenError::Migrate(error) => Self::failed(error.to_string()),
            OpenError::Passwords(error) => Self::wrong(error.to_string()),
        }
    }
}

/// What the operator needs to know of a database that is not there: here, unlike over HTTP, the cause is told.
fn unavailable(error: &database::Error) -> Failure {
    Failure::failed(format!("{}; see `vestibule config show` for where it is looked for", error.causes()))
}

/// A flow's error, in its own words.
pub(super) fn of(error: &(impl DomainError + 'static)) -> Failure {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::NotAllowed | ErrorKind::Duplicate => Failure::wrong(error.to_string()),
        ErrorKind::Unavailable | ErrorKind::Internal => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            Failure::failed(format!("{error}{cause}"))
        }
        _ => Failure::failed(error.to_string()),
    }
}
