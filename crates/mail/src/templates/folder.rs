//! Reads the operator's folder, and checks which files it contains.
//!
//! A mistyped file name would have no effect and go unnoticed, so every unknown file is an error. Hidden files are
//! ignored: editors and mounted volumes keep theirs there.

use std::fs;
use std::path::{Path, PathBuf};

use super::TemplateError;
use crate::Kind;

pub(super) const LAYOUTS: [&str; 2] = ["layout.html", "layout.txt"];

/// The endings of the three files of a mail.
pub(super) const ENDINGS: [&str; 3] = ["subject.txt", "txt", "html"];

/// A file of the folder.
pub(super) struct Source {
    /// The language, or `None` for a common layout.
    pub(super) language: Option<String>,
    /// The file's name, such as `invite.html`.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Returns all files of the folder.
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
            let reason = "not known here; allowed are layout.html, layout.txt and a folder for each language, such as en, de or fr";
            return Err(TemplateError::new(&path, reason));
        }
    }
    Ok(sources)
}

/// Returns names, paths, and whether each is a folder, sorted by name.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf, bool)>, TemplateError> {
    let unreadable = |path: &Path, error: std::io::Error| TemplateError::new(path, format!("cannot be read: {error}"));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        if name.starts_with('.') {
            continue;
        }
        // Follows links: mounted volumes consist of links.
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

/// Returns whether this is a language tag as mails use it, such as `de` or `de-AT` (RFC 5646 2.1, without rare forms).
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
        "not known here; allowed are layout.html, layout.txt, and NAME.subject.txt, NAME.txt and NAME.html, where NAME is one of {}",
        kinds.join(", ")
    )
}
