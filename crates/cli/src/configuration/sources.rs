//! The sources of values. No other code reads the process's environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::error::ConfigurationError;
use super::flags::Flags;
use super::variables;

/// The input of [`Configuration::load`](super::Configuration::load).
#[derive(Default)]
pub struct Sources {
    /// Flags that were given: the setting's key, and the text.
    pub flags: BTreeMap<&'static str, String>,
    /// Environment variables; unrelated ones are ignored.
    pub variables: Vec<(String, String)>,
    /// The file that `--config` names. The fallbacks are `VESTIBULE_CONFIG`, and `vestibule.toml` if it exists.
    pub file: Option<PathBuf>,
    /// The directory that relative paths start from; the empty path is the working directory.
    pub directory: PathBuf,
    /// The home directory, for paths that begin with `~/`.
    pub home: Option<String>,
}

impl Sources {
    /// Collects the given flags, this process's environment, and its working directory.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError::VariableEncoding`] for a variable of Vestibule that is not UTF-8.
    pub fn from_process(flags: Flags) -> Result<Self, ConfigurationError> {
        let mut variables = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            if variables::is_relevant(&name) {
                let value = value.into_string();
                let value = value.map_err(|_| ConfigurationError::VariableEncoding { name: name.clone() })?;
                variables.push((name, value));
            }
        }
        let home = std::env::var("HOME").ok();
        Ok(Self { flags: flags.values, variables, file: flags.config, directory: PathBuf::new(), home })
    }

    /// Returns the value of the variable `name`.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Prints only names: variables contain secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("file", &self.file).field("directory", &self.directory).finish_non_exhaustive()
    }
}
