//! All that is wrong with a request, in the reference's words.

use std::fmt::Display;

use vestibule_core::DomainError;

/// How many messages the client is told: the reference names three and leaves the rest out.
const TOLD: usize = 3;

/// The longest piece of a request that is sent back in a message, in characters.
const LONGEST_QUOTE: usize = 1_000;

/// A request that is not valid, with everything that was found wrong with it.
///
/// Its text is `Invalid request: first; second; third`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("Invalid request: {}", self.told())]
#[kind(InvalidData)]
pub struct InvalidRequest {
    /// What is wrong, one sentence for each fault.
    pub messages: Vec<String>,
}

impl InvalidRequest {
    /// A request with one fault.
    pub fn new(message: impl Into<String>) -> Self {
        Self { messages: vec![message.into()] }
    }

    fn told(&self) -> String {
        self.messages.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

/// Collects what is wrong while a request is read. A field inside of another is named with commas: `$or, 0, email`.
#[derive(Debug, Default)]
pub struct Report {
    messages: Vec<String>,
}

impl Report {
    /// It has another type than the one expected. `got` is what JavaScript's `String()` makes of it.
    pub fn expected(&mut self, expected: &str, field: impl Display, got: &str) {
        let got = shortened(got, LONGEST_QUOTE);
        self.add(format!("Expected type: '{expected}' for field '{field}', got: '{got}'"));
    }

    /// It is not there.
    pub fn required(&mut self, field: impl Display) {
        self.add(format!("Field '{field}' is required"));
    }

    /// It is less, shorter or fewer than `least`.
    pub fn too_small(&mut self, field: impl Display, least: impl Display) {
        self.add(format!("Value for field '{field}' too small, expected at least: '{least}'"));
    }

    /// It is more, longer or more numerous than `most`.
    pub fn too_big(&mut self, field: impl Display, most: impl Display) {
        self.add(format!("Value for field '{field}' too big, expected at most: '{most}'"));
    }

    /// It has the right type, and yet is no value of this field. The reference has no such message.
    pub fn invalid(&mut self, field: impl Display, reason: impl Display) {
        self.add(format!("Invalid value for field '{field}': {reason}"));
    }

    /// These are no fields; nothing where there are none.
    pub fn unrecognized<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<&str> = names.into_iter().collect();
        // A field may be called by no letter at all.
        if !names.is_empty() {
            self.add(format!("Unrecognized fields: '{}'", shortened(&names.join(", "), LONGEST_QUOTE)));
        }
    }

    /// Anything else that is wrong.
    pub fn add(&mut self, message: String) {
        self.messages.push(message);
    }

    /// What was read, where nothing was wrong with it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`], with all that was reported.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, InvalidRequest> {
        match value {
            Some(value) if self.messages.is_empty() => Ok(value),
            _ => Err(InvalidRequest { messages: self.messages }),
        }
    }
}

/// At most so many characters of `text`, with an ellipsis where it was cut.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_joined_and_three_are_told() {
        let mut report = Report::default();
        report.expected("string", "email", "5");
        report.required("name");
        let error = report.finish(Some(())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Invalid request: Expected type: 'string' for field 'email', got: '5'; Field 'name' is required"
        );
        assert_eq!(error.kind(), vestibule_core::ErrorKind::InvalidData);

        let messages = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(InvalidRequest { messages }.to_string(), "Invalid request: a; b; c");
    }

    #[test]
    fn what_is_quoted_is_cut() {
        let mut report = Report::default();
        report.expected("string", "email", &"é".repeat(5_000));
        report.unrecognized(["x".repeat(5_000).as_str(), "y"]);
        report.unrecognized([]);
        report.unrecognized([""]);
        let messages = report.finish(None::<()>).unwrap_err().messages;
        assert_eq!((messages.len(), messages[2].as_str()), (3, "Unrecognized fields: ''"));
        assert!(messages.iter().take(2).all(|message| message.chars().count() < 1_100 && message.ends_with("…'")));
    }
}
