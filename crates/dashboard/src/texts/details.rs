//! The texts of errors that have more to say than their code: by their data, never by the modules' sentences.

use std::time::Duration;

use vestibule_auth::WeakPassword;
use vestibule_auth::providers::{InvalidInput, RejectionReason};
use vestibule_notify::InvalidEvents;
use vestibule_web::Problem;
use vestibule_webhook::{InvalidEndpoint, Refusal};

/// How a language writes them, by the errors' codes. A language that lacks one does not compile.
pub(crate) struct Details {
    pub(super) address_refused: fn(&Refusal) -> String,
    pub(super) invalid_events: fn(&InvalidEvents) -> String,
    pub(super) invalid_url: fn(&InvalidEndpoint) -> String,
    /// The keys of the policies that the caller lacks.
    pub(super) policies_missing: fn(&str) -> String,
    /// Why a provider does not accept an input; `of_email_problem` has the texts of addresses.
    pub(super) sign_in_input_invalid: fn(&InvalidInput) -> String,
    pub(super) sign_in_rejected: fn(&RejectionReason) -> String,
    /// The minutes to wait.
    pub(super) too_many_attempts: fn(u64) -> String,
    pub(super) weak_password: fn(&WeakPassword) -> String,
}

impl Details {
    /// Returns the text; none if the error has no data, or is not one of these.
    pub(crate) fn of(&self, error: &Problem) -> Option<String> {
        Some(match error.code()? {
            "address_refused" => sentence((self.address_refused)(error.detail()?)),
            "invalid_events" => (self.invalid_events)(error.detail()?),
            "invalid_url" => (self.invalid_url)(error.detail()?),
            "policies_missing" => (self.policies_missing)(&error.detail::<Vec<String>>()?.join(", ")),
            "sign_in_input_invalid" => (self.sign_in_input_invalid)(error.detail()?),
            "sign_in_rejected" => (self.sign_in_rejected)(error.detail()?),
            "too_many_attempts" => {
                let seconds = error.detail::<Duration>()?.as_secs();
                (self.too_many_attempts)(seconds.div_ceil(60).max(1))
            }
            "weak_password" => (self.weak_password)(error.detail()?),
            _ => return None,
        })
    }
}

/// A part of a sentence as one of its own. A host at its beginning stays as it is.
pub(super) fn sentence(text: impl Into<String>) -> String {
    let text = text.into();
    let end = if text.ends_with('.') { "" } else { "." };
    let is_word =
        text.split(' ').next().is_some_and(|word| word.chars().all(|c| c.is_alphabetic() || "'’".contains(c)));
    let mut characters = text.chars();
    match characters.next().filter(|_| is_word) {
        Some(first) => format!("{}{}{end}", first.to_uppercase(), characters.as_str()),
        None => format!("{text}{end}"),
    }
}
