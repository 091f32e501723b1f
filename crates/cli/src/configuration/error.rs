//! What can be wrong with a configuration. Each message is one line that names the place and the mend.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::secret::WeakSecret;

/// Who set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetBy {
    /// Nobody: the default holds.
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

/// A variable with our prefix that is no setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: unknown variable, without effect: the nearest known one is {nearest}; rename it or unset it")]
pub struct UnknownVariable {
    /// The variable.
    pub name: String,
    /// What was probably meant.
    pub nearest: String,
}

/// A secret that had white space at one of its ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{at}: {}white space at the ends of the secret is left out, so a service that shares it must have it without too",
    in_file(.at, .key)
)]
pub struct TrimmedSecret {
    /// Who set it.
    pub at: SetBy,
    /// The setting.
    pub key: String,
}

/// How to make a secret, for messages.
const MAKE: &str = "make one with: openssl rand -base64 48";

/// Why the program cannot start as it is configured. The text is one line and holds no secret; the exit code for it
/// is 2.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// A key in the file that is no setting.
    #[error("{at}: unknown key {key}: the nearest known one is {nearest}")]
    UnknownKey {
        /// The file and line.
        at: SetBy,
        /// The key as written, with its section.
        key: String,
        /// What was probably meant.
        nearest: String,
    },
    /// A variable that is not valid UTF-8.
    #[error("{name}: not UTF-8 text: set it again or unset it")]
    VariableEncoding {
        /// The variable.
        name: String,
    },
    /// A value that its setting cannot take.
    #[error("{at}: {}{problem}", in_file(.at, .key))]
    Value {
        /// Who set it.
        at: SetBy,
        /// The setting.
        key: String,
        /// What is wrong, and what to write.
        problem: String,
    },
    /// A configured secret that does not protect.
    #[error("{at}: {}the secret {weakness}: {MAKE}", in_file(.at, .key))]
    Secret {
        /// Who set it.
        at: SetBy,
        /// The setting.
        key: String,
        /// What is wrong with it.
        weakness: WeakSecret,
    },
    /// The file was named, and is not there.
    #[error("{by}: there is no file {path:?}: correct the path, or leave it out")]
    NoFile {
        /// Who named it.
        by: SetBy,
        /// The file.
        path: PathBuf,
    },
    /// The file is there, and cannot be read.
    #[error("{}: cannot be read ({error}): it must be a text file that this user may read", .path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not TOML.
    #[error("{at}: not valid TOML ({problem}): correct this line; text needs quotes, and a key stands once only")]
    Syntax {
        /// The file and line.
        at: SetBy,
        /// The parser's word.
        problem: String,
    },
    /// A key that is a section was given a value.
    #[error("{at}: {key} is a section, not a value: write [{key}] on a line of its own and its keys below")]
    Section {
        /// The file and line.
        at: SetBy,
        /// The section.
        key: String,
    },
    /// A key that is a list of tables was given something else.
    #[error("{at}: {key} is a list of tables: write [[{key}]] on a line of its own for each, and its keys below")]
    Tables {
        /// The file and line.
        at: SetBy,
        /// The list.
        key: String,
    },
    /// A configured database, and no secret.
    #[error("auth.jwt_secret: not set, and a configured database does not go without: set JWT_SECRET; {MAKE}")]
    MissingSecret,
    /// The file that keeps the made secret can be read by everybody.
    #[error(
        "{path}: every user of this machine can get at the secret (mode {mode:04o}): run: chmod 600 {path}; if others \
         may have read it, delete it instead, and a new one is made",
        path = .path.display()
    )]
    ExposedSecretFile {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file that keeps the made secret holds something else.
    #[error("{}: the secret in it {weakness}: delete the file, and a new one is made", .path.display())]
    WeakSecretFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        weakness: WeakSecret,
    },
    /// The file that keeps the made secret holds something that cannot be seen, or quotation marks.
    #[error("{}: {problem}", .path.display())]
    UnclearSecretFile {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The file that keeps the made secret cannot be read or made.
    #[error("{}: the secret cannot be {action} there ({error}): give this user the right to, or set JWT_SECRET", .path.display())]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// `read` or `made`.
        action: &'static str,
        /// Why.
        error: io::Error,
    },
}

/// In a file the line alone does not say which setting is meant; a variable or a flag does.
fn in_file(at: &SetBy, key: &str) -> String {
    match at {
        SetBy::File { .. } | SetBy::Default => format!("{key}: "),
        SetBy::Variable(_) | SetBy::Flag(_) => String::new(),
    }
}
