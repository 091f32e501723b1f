//! Builds a message (RFC 5322): one sender, one recipient, text and HTML.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use vestibule_core::{EmailAddress, Timestamp};

use crate::one_line::one_line;
use crate::{Reason, Rendered, SendError, Sender};

/// A mail, addressed.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// The id, the same for each attempt: letters, digits, `_`, `-` and `.`. It becomes the message's id, by which mail
    /// programs recognize a repetition, and the file's name in a folder.
    pub id: &'a str,
    /// The recipient.
    pub to: &'a EmailAddress,
    /// The content.
    pub rendered: &'a Rendered,
    /// When the mail was created.
    pub at: Timestamp,
    /// Its language, such as `de`.
    pub language: &'a str,
}

/// A message as it goes over the wire.
pub(crate) struct Letter {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    // Prevents automatic replies, such as out-of-office notes (RFC 3834 5).
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// # Errors
///
/// A final [`SendError`]: the mail itself is invalid.
pub(crate) fn letter(mail: &Mail<'_>, sender: &Sender) -> Result<Letter, SendError> {
    check_id(mail.id)?;
    let from = address(&sender.address)?;
    let to = address(mail.to)?;
    let message = Message::builder()
        .from(Mailbox::new(sender.name.clone(), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&mail.rendered.subject))
        .date(date(mail.at))
        .message_id(Some(format!("<{}@{}>", mail.id, sender.domain())))
        .header(AutoSubmitted)
        .multipart(
            MultiPart::alternative()
                .boundary(boundary(mail))
                .singlepart(SinglePart::plain(mail.rendered.text.clone()))
                .singlepart(SinglePart::html(mail.rendered.html.clone())),
        );
    let mut message = message.map_err(|error| unwritten(error.to_string()))?;
    let language: String = mail.language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if !language.is_empty() {
        message
            .headers_mut()
            .insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str("Content-Language"), language));
    }
    Ok(Letter { from, to, bytes: message.formatted() })
}

/// Checks that the id is a plain word: it becomes part of a header and of a file name.
pub(crate) fn check_id(id: &str) -> Result<(), SendError> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if id.is_empty()
        || id.len() > 128
        || id.starts_with('.')
        || id.contains("..")
        || id.ends_with('.')
        || !id.bytes().all(is_word)
    {
        return Err(unwritten(format!("{id:?} cannot be its id: use letters, digits, _, - and .")));
    }
    Ok(())
}

fn unwritten(error: String) -> SendError {
    SendError::of_mail(Reason::Unwritten { error })
}

/// Returns the address as written, with the domain in its ASCII form, which every server understands. Compatibility
/// forms of ASCII letters before the at sign become ASCII.
fn address(email: &EmailAddress) -> Result<Address, SendError> {
    let invalid = || SendError::of_mail(Reason::Address { address: one_line(email.as_str()) });
    let (canonical, domain) = email.canonical().rsplit_once('@').ok_or_else(invalid)?;
    let local = match email.as_str().rsplit_once('@') {
        Some((written, _)) if written.is_ascii() || !canonical.is_ascii() => written,
        _ => canonical,
    };
    Address::new(local, domain).map_err(|_| invalid())
}

fn date(at: Timestamp) -> SystemTime {
    // Dates before 1970 or after 9999 cannot be written.
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_seconds()).unwrap_or(0))
}

/// Returns a boundary that is the same for every attempt and does not occur in the parts.
fn boundary(mail: &Mail<'_>) -> String {
    let mut boundary = format!("=_{}", mail.id.chars().take(48).collect::<String>());
    while mail.rendered.text.contains(&boundary) || mail.rendered.html.contains(&boundary) {
        boundary.push('_');
    }
    boundary
}
