//! Errors in templates.

use std::error::Error as _;
use std::fmt;
use std::path::Path;

/// A template, or the folder of templates, that cannot be used: `mail/de/invite.html, line 3: unknown filter: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The file or folder, as a path.
    pub file: String,
    /// The line, counted from 1, if the error has one.
    pub line: Option<usize>,
    /// What is wrong, and what would be valid.
    pub reason: String,
}

impl TemplateError {
    pub(super) fn new(file: &Path, reason: impl Into<String>) -> Self {
        Self { file: file.display().to_string(), line: None, reason: reason.into() }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

impl std::error::Error for TemplateError {}

/// A mail that cannot be rendered with these facts, though it could with sample facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}, line {line}: {reason}")]
pub struct RenderError {
    /// The template, such as `de/invite.html`.
    pub template: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl RenderError {
    /// Creates the error at the position nearest to the cause: an error in a layout is also reported by the mail that
    /// uses it.
    pub(super) fn new(template: &str, error: &minijinja::Error) -> Self {
        let mut found = Self::at(template, error);
        let mut cause = error.source();
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<minijinja::Error>() {
                found = Self::at(&found.template, error);
            }
            cause = error.source();
        }
        found
    }

    fn at(template: &str, error: &minijinja::Error) -> Self {
        let piece = error.template_source().zip(error.range()).and_then(|(source, range)| source.get(range));
        let reason = match (error.detail(), piece) {
            (Some(detail), _) => format!("{}: {detail}", error.kind()),
            (None, Some(piece)) => format!("{}: {}", error.kind(), piece.trim()),
            (None, None) => error.kind().to_string(),
        };
        Self {
            template: error.name().unwrap_or(template).to_owned(),
            line: error.line().unwrap_or(1).max(1),
            reason: reason.replace(['\r', '\n'], " "),
        }
    }
}
