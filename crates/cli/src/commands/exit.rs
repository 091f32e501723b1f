//! How a failed command ends.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use vestibule::OpenError;
use vestibule::core::{DomainError, ErrorKind};
use vestibule::database::{self, MigrationError};
use vestibule_cli::configuration::ConfigurationError;

use super::output;

/// A line for the user, and an exit code for programs.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
    is_outage: bool,
}

impl Failure {
    /// Creates a failure of the work itself; the same call may succeed later.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1, is_outage: false }
    }

    /// Creates a failure of usage or configuration.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2, is_outage: false }
    }

    /// Whether the database may be usable soon, so that a server waits for it.
    pub(crate) fn is_outage(&self) -> bool {
        self.is_outage
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Prints the message, and returns the exit code.
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
            OpenError::Database(error) => unusable(&error),
            OpenError::Migrate(error) => error.into(),
            error => Self::wrong(error.to_string()),
        }
    }
}

impl From<MigrationError> for Failure {
    fn from(error: MigrationError) -> Self {
        match error {
            MigrationError::Database(_, error) => unusable(&error),
            error @ (MigrationError::Foreign { .. }
            | MigrationError::Incomplete { .. }
            | MigrationError::Engine { .. }) => Self::wrong(error.to_string()),
            error => Self::failed(error.to_string()),
        }
    }
}

/// Reports a database that cannot be used. Unlike HTTP responses, this includes the cause.
fn unusable(error: &database::Error) -> Failure {
    let causes = error.causes();
    let cause = causes.strip_prefix(&format!("{error}: ")).unwrap_or(&causes);
    let message = format!("the database cannot be used: {cause}; see `vestibule config show` for where it is");
    Failure { is_outage: error.is_outage(), ..Failure::failed(message) }
}

/// Codes of what no data makes possible: a password that is easy to guess, a name that is too long.
const FAIL_EVERYWHERE: [&str; 10] = [
    "password_too_long",
    "weak_password",
    "forbidden_password",
    "name_missing",
    "name_too_long",
    "description_too_long",
    "control_character",
    "expiry_past",
    "invalid_avatar_url",
    "invalid_phone",
];

/// Reports a flow's error in its own words.
pub(super) fn of(error: &(impl DomainError + 'static)) -> Failure {
    match error.kind() {
        // An error with a code depends on existing data: an address that is taken, the last super admin. Others fail
        // everywhere.
        ErrorKind::InvalidData | ErrorKind::NotAllowed
            if error.code().is_some_and(|code| !FAIL_EVERYWHERE.contains(&code)) =>
        {
            Failure::failed(error.to_string())
        }
        ErrorKind::InvalidData | ErrorKind::NotAllowed | ErrorKind::Duplicate => Failure::wrong(error.to_string()),
        ErrorKind::Unavailable | ErrorKind::Internal => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            let is_outage = error.kind() == ErrorKind::Unavailable;
            Failure { is_outage, ..Failure::failed(format!("{error}{cause}")) }
        }
        _ => Failure::failed(error.to_string()),
    }
}

/// Reports clap's messages: help and version as they are, mistakes in one line like every other failure.
pub(crate) fn not_understood(mut error: clap::Error) -> ExitCode {
    hide_stray_values(&mut error);
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    if !error.use_stderr() || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // A reader that has closed the pipe, such as `head`, is no failure.
        drop(error.print());
        return ExitCode::from(code);
    }
    let text = error.render().to_string();
    let mut message = String::new();
    // The mistake with its context, a tip; then the usage and a reference to the help.
    for line in text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:")) {
        match line.strip_prefix("error: ").unwrap_or(line) {
            "" => {}
            more if more.starts_with("For more information") => {}
            tip if tip.starts_with("tip: ") => message.push_str(&format!("; {tip}")),
            part if message.is_empty() => message.push_str(part),
            part => message.push_str(&format!(" {part}")),
        }
    }
    message.push_str("; see --help");
    Failure { message, code, is_outage: false }.exit()
}

/// A stray value may be part of a password with a space in it (security.md 39).
fn hide_stray_values(error: &mut clap::Error) {
    let is_option = |error: &clap::Error| matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(text)) if text.starts_with('-'));
    let stray = match error.kind() {
        clap::error::ErrorKind::UnknownArgument if !is_option(error) => ContextKind::InvalidArg,
        clap::error::ErrorKind::TooManyValues => ContextKind::InvalidValue,
        _ => return,
    };
    error.insert(stray, ContextValue::String("…".to_owned()));
}
