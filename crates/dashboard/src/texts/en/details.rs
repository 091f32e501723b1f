//! The texts of errors that have more to say than their code, in English: the modules' own.

use crate::texts::details::{Details, sentence};

pub(in crate::texts) static DETAILS: Details = Details {
    address_refused: |refusal| refusal.to_string(),
    invalid_events: |problem| sentence(problem.to_string()),
    invalid_url: |problem| sentence(problem.to_string()),
    policies_missing: |missing| format!("You do not have permission for this: you lack {missing}."),
    too_many_attempts: |minutes| {
        let time = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
        format!("Too many failed attempts for this account. Wait {time}, or reset the password by mail.")
    },
    weak_password: |problem| sentence(problem.to_string()),
};
