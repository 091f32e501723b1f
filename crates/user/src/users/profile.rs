//! Limits of a user's profile.

use vestibule_core::DomainError;

/// The longest first or last name, in characters.
const MAX_NAME: usize = 255;

/// The longest URL of a picture, in bytes.
const MAX_AVATAR_URL: usize = 2_048;

/// The longest telephone number, in characters.
const MAX_PHONE: usize = 50;

/// How many digits a telephone number may have: 15 at most (ITU-T E.164), and an extension.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=20;

/// A part of the profile that is invalid.
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
    /// Not 3 to 20 digits with what is written between them, in at most 50 characters.
    #[error("phone is not a telephone number: write 3 to 20 digits, such as +44 20 7946 0000")]
    #[kind(InvalidData, code = "invalid_phone")]
    Phone,
}

/// Checks values before they are stored.
pub(super) fn check(
    first_name: Option<&str>,
    last_name: Option<&str>,
    avatar_url: Option<&str>,
    phone: Option<&str>,
) -> Result<(), InvalidProfile> {
    check_name("first_name", first_name)?;
    check_name("last_name", last_name)?;
    check_avatar_url(avatar_url)?;
    check_phone(phone)
}

fn check_name(field: &'static str, name: Option<&str>) -> Result<(), InvalidProfile> {
    let name = name.unwrap_or_default();
    if name.chars().count() > MAX_NAME {
        return Err(InvalidProfile::NameTooLong { field });
    }
    refuse_control_characters(field, name)
}

/// The reference's clients send an empty text to clear it.
fn check_avatar_url(url: Option<&str>) -> Result<(), InvalidProfile> {
    let url = url.unwrap_or_default();
    refuse_control_characters("avatar_url", url)?;
    match url.is_empty() || (url.len() <= MAX_AVATAR_URL && is_web_address(url)) {
        true => Ok(()),
        false => Err(InvalidProfile::AvatarUrl),
    }
}

/// People write them in many forms, with an extension too: only what cannot be
/// one is refused. An empty text clears it.
fn check_phone(phone: Option<&str>) -> Result<(), InvalidProfile> {
    let phone = phone.unwrap_or_default();
    refuse_control_characters("phone", phone)?;
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let is_number = DIGITS.contains(&digits)
        && phone.len() <= MAX_PHONE
        && phone.chars().all(|c| c.is_ascii_alphanumeric() || " +-./()#*;=,".contains(c));
    if phone.is_empty() || is_number { Ok(()) } else { Err(InvalidProfile::Phone) }
}

fn refuse_control_characters(field: &'static str, text: &str) -> Result<(), InvalidProfile> {
    match text.contains(char::is_control) {
        true => Err(InvalidProfile::ControlCharacter { field }),
        false => Ok(()),
    }
}

fn is_web_address(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}
