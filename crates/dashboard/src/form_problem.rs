//! What is wrong with a form that is shown again: beside its field, or above the form.

use http::StatusCode;

use crate::failure::Failure;
use crate::form::Fields;
use crate::request::PageRequest;

/// The fields with a name, which has 255 characters at most.
const NAMES: [&str; 4] = ["first_name", "last_name", "name", "title"];

/// The longest name, in characters.
const LONGEST_NAME: usize = 255;

/// The problem of a form, if there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormProblem {
    text: Option<String>,
    field: Option<&'static str>,
}

impl FormProblem {
    /// Returns the problem of this field.
    pub(crate) fn at(&self, field: &str) -> Option<&str> {
        self.text.as_deref().filter(|_| self.field == Some(field))
    }

    /// Returns the problem if it is of none of these fields, which white space separates.
    pub(crate) fn not_at(&self, fields: &str) -> Option<&str> {
        let is_one = |field| fields.split_ascii_whitespace().any(|one| one == field);
        self.text.as_deref().filter(|_| !self.field.is_some_and(is_one))
    }

    pub(crate) fn is_some(&self) -> bool {
        self.text.is_some()
    }

    /// Returns the status and the problem to show with the form again; the failure itself, if it is not about the input.
    pub(crate) fn of(failure: Failure, request: &PageRequest) -> Result<(StatusCode, Self), Failure> {
        let field = field_of(&failure, &request.form);
        let (status, text) = failure.problem(request.language)?;
        Ok((status, Self { text: Some(text), field }))
    }
}

/// Returns the field of a form that a failure is about.
pub(crate) fn field_of(failure: &Failure, form: &Fields) -> Option<&'static str> {
    if let Failure::Wrong(_, field) = failure {
        return *field;
    }
    let named = |is_wrong: fn(&str) -> bool| NAMES.into_iter().find(|name| form.all(name).any(is_wrong));
    match failure.code()? {
        "email_taken" | "email_reserved" | "user_exists" | "identity_exists" => Some("email"),
        "weak_password" | "forbidden_password" | "password_too_long" => Some("password"),
        "invalid_phone" => Some("phone"),
        "invalid_avatar_url" => Some("avatar_url"),
        "name_missing" => named(|name| name.trim().is_empty()),
        "name_too_long" => named(|name| name.chars().count() > LONGEST_NAME),
        "control_character" => {
            let has_control = |field: &&str| form.get(field).contains(char::is_control);
            ["first_name", "last_name", "name", "title", "description", "phone", "avatar_url"]
                .into_iter()
                .find(has_control)
        }
        "role_name_taken" | "factor_name_invalid" | "factor_name_taken" => Some("name"),
        "description_too_long" => Some("description"),
        "wrong_code" | "wrong_email_code" | "verification_code_invalid" | "verification_code_expired" => Some("code"),
        "expiry_past" => Some("days"),
        "role_cycle" => Some("parent"),
        "policies_missing" | "roles_unknown" => Some("role"),
        _ => None,
    }
}
