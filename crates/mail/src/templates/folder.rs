//! The operator's folder: which files it may have, and reading them.
//!
//! A file whose name is mistyped would change nothing and nobody would notice, so each that cannot be meant is an error.
//! Hidden files are left alone: editors and mounted volumes keep theirs there.

use std::fs;
use std::path::{Path, PathBuf};

use super::TemplateError;
use crate::Kind;

pub(super) const LAYOUTS: [&str; 2] = ["layout.html", "layout.txt"];

/// The endings of the three files of a mail.
pub(super) const ENDINGS: [&str; 3] = ["subject.txt", "txt", "html"];

/// A file of the folder.
pub(super) struct Source {
    /// The language, or none for a layout of all languages.
    pub(super) language: Option<String>,
    /// The file's own name, such as `invite.html`.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// All files of the folder.
pub(super) fn read(folder: &Path) -> Result<Vec<Source>, TemplateError> {
    let mut sources = Vec::new();
    for (name, path, is_folder) in entries(folder)? {
        if is_folder && is_language(&name) {
            for (file, path, is_folder) in entries(&path)? {
                if is_folder || !is_template(&file) {
                    return Err(TemplateError::new(&path, unknown_template()));
                }
                sources.push(source(Some(name.clone()), file, path)?);
            }
        } else if !is_folder && LAYOUTS.contains(&name.as_str()) {
            sources.push(source(None, name, path)?);
        } else {
            let reason = "not known here; what may stand here is layout.html, layout.txt and a folder for each language, such as en, de or fr";
            return Err(TemplateError::new(&path, reason));
        }
    }
    Ok(sources)
}

/// Names, paths, and whether each is a folder, in the order of their names.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf, bool)>, TemplateError> {
    let unreadable = |path: &Path, error: std::io::Error| TemplateError::new(path, format!("cannot be read: {error}"));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if name.starts_with('.') {
            continue;
        }
        // Of what a link leads to, not of the link: mounted volumes are made of links.
        let is_folder = fs::metadata(&path).map_err(|error| unreadable(&path, error))?.is_dir();
        found.push((name, path, is_folder));
    }
    found.sort();
    Ok(found)
}

fn source(language: Option<String>, name: String, path: PathBuf) -> Result<Source, TemplateError> {
    let text =
        fs::read_to_string(&path).map_err(|error| TemplateError::new(&path, format!("cannot be read: {error}")))?;
    Ok(Source { language, name, path, text })
}

/// A language tag as mail uses it, such as `de` or `de-AT` (RFC 5646 2.1, less what nobody writes).
fn is_language(name: &str) -> bool {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_template(name: &str) -> bool {
    LAYOUTS.contains(&name)
        || name
            .split_once('.')
            .is_some_and(|(stem, ending)| Kind::ALL.iter().any(|kind| kind.name() == stem) && ENDINGS.contains(&ending))
}

fn unknown_template() -> String {
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    format!(
        "not known here; what may stand here is layout.html, layout.txt, and NAME.subject.txt, NAME.txt and NAME.html, where NAME is one of {}",
        kinds.join(", ")
    )
}
