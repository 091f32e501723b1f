//! Writes every mail in every language, for review.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::message::letter;
use crate::{Facts, Kind, Mail, RenderError, Sender, Templates};

/// Why the previews could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// A file or folder cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A template fails.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A mail cannot be built.
    #[error(transparent)]
    Message(#[from] crate::SendError),
}

/// Writes every mail in every language, with sample facts, into the folder `out`: `en-invite.html`, `en-invite.txt`,
/// `en-invite.eml` and so on, and `index.html`, which links them. Returns the files, the index first.
///
/// # Errors
///
/// [`PreviewError`]; files written before it stay.
pub fn preview(templates: &Templates, out: &Path) -> Result<Vec<PathBuf>, PreviewError> {
    let sender = Sender {
        name: Some("Vestibule".to_owned()),
        address: vestibule_core::EmailAddress::parse("no-reply@example.com").map_err(no_address)?,
    };
    let to = vestibule_core::EmailAddress::parse("ada@example.com").map_err(no_address)?;
    fs::create_dir_all(out).map_err(|source| PreviewError::Write { path: out.to_owned(), source })?;
    let mut files = vec![out.join("index.html")];
    let mut index = String::from(HEAD);
    for language in templates.languages() {
        let _ = write!(index, "<h2>{language}</h2>\n<ul>\n");
        for &kind in Kind::ALL {
            let facts = Facts::sample(kind);
            let rendered = templates.render(kind, language, &facts)?;
            let id = format!("{language}-{}", kind.name());
            let mail = Mail { id: &id, to: &to, rendered: &rendered, at: facts.happened_at, language };
            let message = letter(&mail, &sender)?.bytes;
            let parts = [("html", rendered.html.as_bytes()), ("txt", rendered.text.as_bytes()), ("eml", &message)];
            for (ending, bytes) in parts {
                files.push(write(out.join(format!("{id}.{ending}")), bytes)?);
            }
            let _ = writeln!(
                index,
                "<li><a href=\"{id}.html\">{}</a> · <a href=\"{id}.txt\">text</a> · <a href=\"{id}.eml\">eml</a></li>",
                kind.name()
            );
        }
        index.push_str("</ul>\n");
    }
    write(out.join("index.html"), index.as_bytes())?;
    Ok(files)
}

const HEAD: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>Mails</title>\n<style>body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem; }</style>\n<h1>Mails</h1>\n";

fn write(path: PathBuf, bytes: &[u8]) -> Result<PathBuf, PreviewError> {
    match fs::write(&path, bytes) {
        Ok(()) => Ok(path),
        Err(source) => Err(PreviewError::Write { path, source }),
    }
}

fn no_address(error: vestibule_core::InvalidEmail) -> PreviewError {
    PreviewError::Message(crate::SendError::of_mail(crate::Reason::Unwritten { error: error.to_string() }))
}
