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
    #[kind(InvalidData, code = "name_too_long")]
    NameTooLong {
        /// The field.
        field: &'static str,
    },
    /// A line break or another control character, in what is no name: names lose theirs.
    #[error("{field} has a control character")]
    #[kind(InvalidData, code = "control_character")]
    ControlCharacter {
        /// The field.
        field: &'static str,
    },
    /// Not `http://` or `https://`, or longer than 2 048 bytes.
    #[error("avatar_url is no http or https address of at most 2048 bytes")]
    #[kind(InvalidData, code = "invalid_avatar_url")]
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

/// Checks what a directory stores of a user.
///
/// # Errors
///
/// [`InvalidProfile`].
pub(crate) fn check_of_directory(display_name: Option<&str>, external_id: Option<&str>) -> Result<(), InvalidProfile> {
    check_name("display_name", display_name)?;
    check_name("external_id", external_id)
}

fn check_name(field: &'static str, name: Option<&str>) -> Result<(), InvalidProfile> {
    let name = name.unwrap_or_default();
    if name.chars().count() > MAX_NAME {
        return Err(InvalidProfile::NameTooLong { field });
    }
    // A caller that did not clean it.
    refuse_control_characters(field, name)
}

/// Returns a name without control characters, and without those that reverse the text around them. White space among them, such as
/// a line break, becomes a space.
pub(super) fn clean(name: Option<String>) -> Option<String> {
    let is_removed = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_reversing(c);
    let cleaned = |name: String| match name.contains(is_removed) {
        false => name,
        true => name
            .chars()
            .filter_map(|c| match c {
                c if is_removed(c) => c.is_whitespace().then_some(' '),
                c => Some(c),
            })
            .collect(),
    };
    name.map(cleaned)
}

/// Whether a character changes the direction of what follows it (Unicode UAX 9, 2.1 to 2.4).
fn is_reversing(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

/// A name of another program as it can be stored: without control characters, and cut where it is too long. Returns whether it had to
/// be changed.
pub(crate) fn adapted_name(name: &str) -> (String, bool) {
    let fit: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_NAME).collect();
    let is_changed = fit != name;
    (if is_changed { fit.trim().to_owned() } else { fit }, is_changed)
}

/// Whether a picture's URL of another program can be stored.
pub(crate) fn is_avatar_url(url: &str) -> bool {
    check_avatar_url(Some(url)).is_ok()
}

/// Whether a telephone number of another program can be stored.
pub(crate) fn is_phone(phone: &str) -> bool {
    check_phone(Some(phone)).is_ok()
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
