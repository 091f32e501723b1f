//! Limits of names and descriptions of roles and policies.

use vestibule_core::DomainError;

/// The longest name, in characters.
const MAX_NAME: usize = 255;

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 2_000;

/// A name or a description that is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum InvalidText {
    /// A role without a name could not be distinguished from others.
    #[error("name is empty")]
    #[kind(InvalidData, code = "name_missing")]
    NameEmpty,
    /// Longer than 255 characters.
    #[error("name is longer than 255 characters")]
    #[kind(InvalidData, code = "name_too_long")]
    NameTooLong,
    /// Longer than 2 000 characters.
    #[error("description is longer than 2000 characters")]
    #[kind(InvalidData, code = "description_too_long")]
    DescriptionTooLong,
    /// A name with a line break or another control character, or a description with NUL.
    #[error("{field} has a control character")]
    #[kind(InvalidData, code = "control_character")]
    ControlCharacter {
        /// `name` or `description`.
        field: &'static str,
    },
}

/// Checks a role's name.
pub(crate) fn check_name(name: &str) -> Result<(), InvalidText> {
    if name.trim().is_empty() {
        return Err(InvalidText::NameEmpty);
    }
    check_label(Some(name))
}

/// Checks an optional name.
pub(crate) fn check_label(name: Option<&str>) -> Result<(), InvalidText> {
    let name = name.unwrap_or_default();
    if name.chars().count() > MAX_NAME {
        return Err(InvalidText::NameTooLong);
    }
    if name.contains(char::is_control) {
        return Err(InvalidText::ControlCharacter { field: "name" });
    }
    Ok(())
}

/// Checks a description. It may have several lines.
pub(crate) fn check_description(description: Option<&str>) -> Result<(), InvalidText> {
    let description = description.unwrap_or_default();
    if description.chars().count() > MAX_DESCRIPTION {
        return Err(InvalidText::DescriptionTooLong);
    }
    if description.contains(|character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
        return Err(InvalidText::ControlCharacter { field: "description" });
    }
    Ok(())
}
