//! Limits of a key's title.

use vestibule_core::DomainError;

/// The longest title, in characters.
const MAX: usize = 255;

/// A title that is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum InvalidTitle {
    /// Longer than 255 characters.
    #[error("title is longer than 255 characters")]
    #[kind(InvalidData, code = "name_too_long")]
    TooLong,
    /// A line break or another control character.
    #[error("title has a control character")]
    #[kind(InvalidData, code = "control_character")]
    ControlCharacter,
}

/// Checks a title before it is stored. It may be empty, as in the reference.
pub(super) fn check(title: &str) -> Result<(), InvalidTitle> {
    if title.chars().count() > MAX {
        return Err(InvalidTitle::TooLong);
    }
    if title.contains(char::is_control) {
        return Err(InvalidTitle::ControlCharacter);
    }
    Ok(())
}

/// The columns that a search covers.
pub(crate) fn search_text(title: &str, redacted: &str) -> String {
    vestibule_database::search::search_text([Some(title), Some(redacted)])
}
