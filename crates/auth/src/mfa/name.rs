//! Names, which tell a user's second factors apart.

use vestibule_core::DomainError;

/// The longest name, in characters.
const MAX: usize = 255;

/// A name that is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum InvalidFactorName {
    /// Nothing but spaces.
    #[error("The name of a second factor is empty")]
    #[kind(InvalidData, code = "factor_name_invalid")]
    Empty,
    /// Longer than 255 characters.
    #[error("The name of a second factor has at most {MAX} characters")]
    #[kind(InvalidData, code = "factor_name_invalid")]
    TooLong,
    /// A line break or another control character.
    #[error("The name of a second factor may not have line breaks or other control characters")]
    #[kind(InvalidData, code = "factor_name_invalid")]
    ControlCharacter,
}

/// A name without spaces around it, if it is valid.
pub(super) fn check(name: &str) -> Result<&str, InvalidFactorName> {
    let name = name.trim();
    if name.is_empty() {
        return Err(InvalidFactorName::Empty);
    }
    if name.chars().count() > MAX {
        return Err(InvalidFactorName::TooLong);
    }
    match name.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        true => Err(InvalidFactorName::ControlCharacter),
        false => Ok(name),
    }
}
