//! Why a password is too weak to be set.

use zxcvbn::Entropy;
use zxcvbn::feedback::{Feedback, Suggestion, Warning};

/// Why a password is too weak, with advice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeakPassword {
    /// Too short.
    #[error("The password is too short: {least} characters at least")]
    TooShort {
        /// The required length, in characters.
        least: usize,
    },
    /// It is the owner's address or name, or little more.
    #[error(
        "The password is little more than your name or e-mail address. Use a few words that have nothing to do with you."
    )]
    Oneself,
    /// An attacker who tries common passwords finds it.
    #[error("The password is too easy to guess. {advice}")]
    Guessable {
        /// The weakness and advice, in whole sentences.
        advice: String,
    },
}

impl WeakPassword {
    /// What zxcvbn advises.
    pub(super) fn guessable(estimated: &Entropy) -> Self {
        let feedback = estimated.feedback();
        let suggestions = feedback.map(Feedback::suggestions).unwrap_or_default();
        let suggestions = if suggestions.is_empty() { &[Suggestion::AddAnotherWordOrTwo] } else { suggestions };
        let warning = feedback.and_then(Feedback::warning).as_ref().map(Warning::to_string);
        let advice: Vec<String> = warning.into_iter().chain(suggestions.iter().map(Suggestion::to_string)).collect();
        Self::Guessable { advice: advice.join(" ") }
    }
}
