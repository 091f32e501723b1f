//! Configuration errors. Each message is one line with the location and the remedy.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::secret::WeakSecret;

/// The source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetBy {
    /// The default.
    Default,
    /// The configuration file.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// The environment variable of this name.
    Variable(String),
    /// The flag of this name, without the dashes.
    Flag(String),
}

/// `default`, `vestibule.toml:3`, `VESTIBULE_SERVER_LISTEN`, `--listen`.
impl fmt::Display for SetBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// A variable with the prefix `VESTIBULE_` that is no setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: unknown variable, without effect: the nearest known one is {nearest}; rename it or unset it")]
pub struct UnknownVariable {
    /// The variable.
    pub name: String,
    /// The nearest known variable.
    pub nearest: String,
}

/// A secret with white space at its ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{at}: {}white space at the ends of the secret was removed; a service that shares the secret must use it without, too",
    in_file(.at, .key)
)]
pub struct TrimmedSecret {
    /// The source of the value.
    pub at: SetBy,
    /// The setting.
    pub key: String,
}

/// How to create a secret, for messages.
const MAKE: &str = "make one with: openssl rand -base64 48";

/// Why the configuration prevents the start. The message is one line without secrets; the exit code is 2.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// A key in the file that is no setting.
    #[error("{at}: unknown key {key}: the nearest known one is {nearest}")]
    UnknownKey {
        /// The file and line.
        at: SetBy,
        /// The key as written, with its section.
        key: String,
        /// The nearest known key.
        nearest: String,
    },
    /// A variable that is not valid UTF-8.
    #[error("{name}: not UTF-8 text: set it again or unset it")]
    VariableEncoding {
        /// The variable.
        name: String,
    },
    /// A value that is not valid for its setting.
    #[error("{at}: {}{problem}", in_file(.at, .key))]
    Value {
        /// The source of the value.
        at: SetBy,
        /// The setting.
        key: String,
        /// The problem, and what to write.
        problem: String,
    },
    /// A secret that is too weak.
    #[error("{at}: {}the secret {weakness}: {MAKE}", in_file(.at, .key))]
    Secret {
        /// The source of the value.
        at: SetBy,
        /// The setting.
        key: String,
        /// The weakness.
        weakness: WeakSecret,
    },
    /// A named file does not exist.
    #[error("{by}: there is no file {path:?}: correct the path, or leave it out")]
    NoFile {
        /// The source of the name.
        by: SetBy,
        /// The file.
        path: PathBuf,
    },
    /// The file exists, but cannot be read.
    #[error("{}: cannot be read ({error}): it must be a text file that this user may read", .path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// The error.
        error: io::Error,
    },
    /// The file is not TOML.
    #[error("{at}: not valid TOML ({problem}): correct this line; text needs quotes, and each key may occur only once")]
    Syntax {
        /// The file and line.
        at: SetBy,
        /// The parser's message.
        problem: String,
    },
    /// A section was given a value.
    #[error("{at}: {key} is a section, not a value: write [{key}] on a line of its own and its keys below")]
    Section {
        /// The file and line.
        at: SetBy,
        /// The section.
        key: String,
    },
    /// A list of tables was given something else.
    #[error("{at}: {key} is a list of tables: write [[{key}]] on a line of its own for each, and its keys below")]
    Tables {
        /// The file and line.
        at: SetBy,
        /// The list.
        key: String,
    },
    /// A database is configured, but no secret.
    #[error("auth.jwt_secret: not set, but required with a configured database: set JWT_SECRET; {MAKE}")]
    MissingSecret,
    /// All users can read the file of the generated secret.
    #[error(
        "{path}: every user of this machine can access the secret (mode {mode:04o}): run: chmod 600 {path}; if others \
         may have read it, delete it instead, and a new one is made",
        path = .path.display()
    )]
    ExposedSecretFile {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file of the generated secret contains something else.
    #[error("{}: the secret in it {weakness}: delete the file to create a new secret", .path.display())]
    WeakSecretFile {
        /// The file.
        path: PathBuf,
        /// The weakness.
        weakness: WeakSecret,
    },
    /// The file of the generated secret contains invisible characters or quotation marks.
    #[error("{}: {problem}", .path.display())]
    UnclearSecretFile {
        /// The file.
        path: PathBuf,
        /// The problem, and what to do.
        problem: String,
    },
    /// The file of the generated secret cannot be read or created.
    #[error("{}: the secret cannot be {action} there ({error}): give this user the permission, or set JWT_SECRET", .path.display())]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// `read` or `made`.
        action: &'static str,
        /// The error.
        error: io::Error,
    },
}

/// A line of the file does not show which setting is meant; a variable or a flag does.
fn in_file(at: &SetBy, key: &str) -> String {
    match at {
        SetBy::File { .. } | SetBy::Default => format!("{key}: "),
        SetBy::Variable(_) | SetBy::Flag(_) => String::new(),
    }
}
