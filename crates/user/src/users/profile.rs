//! Limits of a user's names and picture.

use vestibule_core::DomainError;

/// The longest first or last name, in characters.
const MAX_NAME: usize = 255;

/// The longest URL of a picture, in bytes.
const MAX_AVATAR_URL: usize = 2_048;

/// A name or a picture's URL that is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum InvalidProfile {
    /// Longer than 255 characters.
    #[error("{field} is longer than 255 characters")]
    #[kind(InvalidData)]
    NameTooLong {
        /// `first_name` or `last_name`.
        field: &'static str,
    },
    /// A line break or another control character.
    #[error("{field} has a control character")]
    #[kind(InvalidData)]
    ControlCharacter {
        /// The field.
        field: &'static str,
    },
    /// Not `http://` or `https://`, or longer than 2 048 bytes.
    #[error("avatar_url is no http or https address of at most 2048 bytes")]
    #[kind(InvalidData)]
    AvatarUrl,
}

/// Checks values before they are stored.
pub(super) fn check(
    first_name: Option<&str>,
    last_name: Option<&str>,
    avatar_url: Option<&str>,
) -> Result<(), InvalidProfile> {
    for (field, name) in [("first_name", first_name), ("last_name", last_name)] {
        let name = name.unwrap_or_default();
        if name.chars().count() > MAX_NAME {
            return Err(InvalidProfile::NameTooLong { field });
        }
        if name.contains(char::is_control) {
            return Err(InvalidProfile::ControlCharacter { field });
        }
    }
    match avatar_url {
        // The reference's clients send an empty text to clear it.
        None | Some("") => Ok(()),
        Some(url) if url.contains(char::is_control) => Err(InvalidProfile::ControlCharacter { field: "avatar_url" }),
        Some(url) if url.len() <= MAX_AVATAR_URL && is_web_address(url) => Ok(()),
        Some(_) => Err(InvalidProfile::AvatarUrl),
    }
}

fn is_web_address(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}
