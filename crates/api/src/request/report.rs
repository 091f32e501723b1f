//! The faults of a request, with the reference's messages.

use std::fmt::Display;

use vestibule_core::DomainError;

/// How many messages are sent to the client, as in the reference.
const SENT: usize = 3;

/// The longest quote of a request in a message, in characters.
const LONGEST_QUOTE: usize = 1_000;

/// A request that is not valid, with all its faults.
///
/// Its text is `Invalid request: first; second; third`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("Invalid request: {}", self.sent())]
#[kind(InvalidData)]
pub struct InvalidRequest {
    /// One sentence for each fault.
    pub messages: Vec<String>,
}

impl InvalidRequest {
    /// Creates an error with one fault.
    pub fn new(message: impl Into<String>) -> Self {
        Self { messages: vec![message.into()] }
    }

    fn sent(&self) -> String {
        self.messages.iter().take(SENT).map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

/// Collects the faults of a request while it is read. A nested field is named with commas: `$or, 0, email`.
#[derive(Debug, Default)]
pub struct Report {
    messages: Vec<String>,
}

impl Report {
    /// Reports a value of another type. `got` is the value as JavaScript's `String()` formats it.
    pub fn expected(&mut self, expected: &str, field: impl Display, got: &str) {
        let got = shortened(got, LONGEST_QUOTE);
        self.add(format!("Expected type: '{expected}' for field '{field}', got: '{got}'"));
    }

    /// Reports a missing field.
    pub fn required(&mut self, field: impl Display) {
        self.add(format!("Field '{field}' is required"));
    }

    /// Reports a value that is less, shorter or fewer than `least`.
    pub fn too_small(&mut self, field: impl Display, least: impl Display) {
        self.add(format!("Value for field '{field}' too small, expected at least: '{least}'"));
    }

    /// Reports a value that is more or longer than `most`.
    pub fn too_big(&mut self, field: impl Display, most: impl Display) {
        self.add(format!("Value for field '{field}' too big, expected at most: '{most}'"));
    }

    /// Reports a value of the right type that the field does not accept. The reference has no such message.
    pub fn invalid(&mut self, field: impl Display, reason: impl Display) {
        self.add(format!("Invalid value for field '{field}': {reason}"));
    }

    /// Reports unknown fields, if there are any.
    pub fn unrecognized<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<&str> = names.into_iter().collect();
        // A field's name may be empty.
        if !names.is_empty() {
            self.add(format!("Unrecognized fields: '{}'", shortened(&names.join(", "), LONGEST_QUOTE)));
        }
    }

    /// Reports any other fault.
    pub fn add(&mut self, message: String) {
        self.messages.push(message);
    }

    /// Returns what was read, if there are no faults.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`] with every fault reported.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, InvalidRequest> {
        match value {
            Some(value) if self.messages.is_empty() => Ok(value),
            _ => Err(InvalidRequest { messages: self.messages }),
        }
    }
}

/// Returns at most `most` characters of `text`, with an ellipsis if it was cut.
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
    fn messages_are_joined_and_three_are_sent() {
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
    fn long_quotes_are_cut() {
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
