//! The texts of errors that have more to say than their code, in English: the modules' own.

use vestibule_auth::providers::{InvalidInput, RejectionReason};

use super::pages::TEXTS;
use crate::texts::details::{Details, sentence};

pub(in crate::texts) static DETAILS: Details = Details {
    address_refused: |refusal| refusal.to_string(),
    invalid_events: |problem| sentence(problem.to_string()),
    invalid_url: |problem| sentence(problem.to_string()),
    policies_missing: |missing| format!("You do not have permission for this: you lack {missing}."),
    sign_in_input_invalid,
    sign_in_rejected,
    too_many_attempts: |minutes| {
        let time = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
        format!("Too many failed attempts for this account. Wait {time}, or reset the password by mail.")
    },
    weak_password: |problem| sentence(problem.to_string()),
};

fn sign_in_input_invalid(problem: &InvalidInput) -> String {
    match problem {
        InvalidInput::Email(problem) => TEXTS.of_email_problem(problem).to_owned(),
        InvalidInput::Field { .. } => "A field is missing. Load the page again, and fill in every field.".to_owned(),
        InvalidInput::Other(words) => words.clone(),
        _ => "Something you entered cannot be read. Load the page again.".to_owned(),
    }
}

fn sign_in_rejected(reason: &RejectionReason) -> String {
    let text = match reason {
        RejectionReason::WrongCredentials | RejectionReason::MissingField { .. } => TEXTS.wrong_credentials,
        RejectionReason::IdentityExists => "A user already signs in with this address. Sign in instead.",
        RejectionReason::UnknownIdentity { .. } => "There is no such sign-in here. Check what you entered.",
        RejectionReason::Late => "This sign-in is not valid any more. Sign in again.",
        RejectionReason::SecondFactorRemoved => "Your second factor was removed. Sign in again.",
        RejectionReason::ChallengeFirst | RejectionReason::RedirectFirst | RejectionReason::CodeFirst => {
            "This sign-in has another step. Begin again on the sign-in page."
        }
        RejectionReason::NoRegistration { .. } | RejectionReason::NotImplemented { .. } => {
            "This sign-in method cannot do this. Choose another way."
        }
        RejectionReason::PasskeysUnavailable => {
            "Passkeys cannot be used at the moment. Try again later, or sign in another way."
        }
        RejectionReason::Other(words) => words,
        _ => "This sign-in was rejected. Try again, or choose another way.",
    };
    text.to_owned()
}
