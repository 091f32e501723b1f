//! Which policy decides how long passwords are.

use super::{Form, Kind, Problem, Raw, no};

/// The policy of new passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRule {
    /// One least length for all accounts.
    Length,
    /// That of NIST SP 800-63B-4: longer where the password is the only factor.
    Nist,
}

/// The name of a [`PasswordRule`].
#[derive(Debug)]
pub(in super::super) struct Rule;

impl Form for Rule {
    fn form(&self) -> String {
        "length or nist".to_owned()
    }
}

impl Kind for Rule {
    type Value = PasswordRule;

    fn read(&self, raw: &Raw) -> Result<PasswordRule, Problem> {
        match raw.text().as_str() {
            "length" => Ok(PasswordRule::Length),
            "nist" => Ok(PasswordRule::Nist),
            other => Err(no(other, "length or nist")),
        }
    }
}
