//! Paths of files and folders.

use std::path::PathBuf;

use vestibule::core::unexpanded;

use super::{Form, Kind, Problem, Raw, is_like_address, no};

/// The path of a file or a folder.
#[derive(Debug)]
pub(in super::super) struct FilePath;

impl Form for FilePath {
    fn form(&self) -> String {
        "path".to_owned()
    }

    fn expand(&self, text: String, home: Option<&str>) -> Result<String, Problem> {
        expand(&text, home)
    }
}

impl Kind for FilePath {
    type Value = PathBuf;

    fn read(&self, raw: &Raw) -> Result<PathBuf, Problem> {
        let text = raw.text();
        if text.is_empty() || is_like_address(&text) { Err(no(&text, "a path")) } else { Ok(PathBuf::from(text)) }
    }
}

/// Replaces `~` by the home directory, as a shell does, and refuses other shell syntax: a folder called `$HOME` is
/// hardly intended.
pub(in super::super) fn expand(path: &str, home: Option<&str>) -> Result<String, Problem> {
    let problem = |text: &str| Err(Problem::Value(text.to_owned()));
    if unexpanded::has_variable(path) {
        return problem("it contains a variable after a $, which is not replaced here: write its value");
    }
    let expanded = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => match home.filter(|home| !home.is_empty()) {
            Some(home) => format!("{}{rest}", home.trim_end_matches('/')),
            None => return problem("~ stands for the home directory, and HOME is not set: write the full path"),
        },
        _ => path.to_owned(),
    };
    if unexpanded::has_home(&expanded) {
        return problem("~ stands for the home directory at the beginning, before a slash, and nowhere else");
    }
    Ok(expanded)
}
