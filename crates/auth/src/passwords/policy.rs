//! Which passwords are strong enough to be set (security.md 8).
//!
//! Length, and how hard the password is to guess for an attacker who knows its owner. There are no rules about which
//! characters it must have (NIST SP 800-63B-4 3.1.1.2): any Unicode is accepted, and nothing is trimmed.

/// The guesses that each score exceeds, as defined by zxcvbn.
const GUESSES: [u64; 5] = [0, 1_005, 1_000_005, 100_000_005, 10_000_000_005];

/// The length from which a password may be the only factor (NIST SP 800-63B-4 3.1.1.2).
const ONLY_FACTOR: usize = 15;

/// The requirements for a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
    min_length_alone: usize,
    min_score: u8,
}

/// A setting of the policy that is outside of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("password policy: {setting} is {given}, but must be between {least} and {most}")]
pub struct PolicyOutOfRange {
    /// The setting.
    pub setting: &'static str,
    /// The given value.
    pub given: usize,
    /// The smallest allowed value.
    pub least: usize,
    /// The largest allowed value.
    pub most: usize,
}

/// The owner of a new password.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PasswordSubject<'a> {
    /// The e-mail address, or what else the owner signs in with.
    pub address: &'a str,
    /// The owner's names.
    pub names: &'a [&'a str],
    /// Whether the owner can never sign in with the password alone.
    pub second_factor_required: bool,
}

impl<'a> PasswordSubject<'a> {
    /// An owner of this address and these names, whose password is the only factor.
    pub fn new(address: &'a str, names: &'a [&'a str]) -> Self {
        Self { address, names, second_factor_required: false }
    }

    /// The same owner, with or without a second factor that is always required.
    #[must_use]
    pub fn with_second_factor(self, second_factor_required: bool) -> Self {
        Self { second_factor_required, ..self }
    }
}

impl Default for PasswordPolicy {
    /// Eight characters, and more than a hundred million guesses.
    fn default() -> Self {
        Self { min_length: 8, min_length_alone: 8, min_score: 3 }
    }
}

impl PasswordPolicy {
    /// Creates a policy: how many characters a password has at least (8 to 64), and how hard it is to guess (zxcvbn's
    /// score, 0 for any, 1 for a thousand guesses, 2 for a million, 3 for a hundred million, 4 for ten billion).
    ///
    /// # Errors
    ///
    /// [`PolicyOutOfRange`].
    pub fn new(min_length: usize, min_score: u8) -> Result<Self, PolicyOutOfRange> {
        let check = |setting, given, least, most| match (least..=most).contains(&given) {
            true => Ok(()),
            false => Err(PolicyOutOfRange { setting, given, least, most }),
        };
        check("min_length", min_length, 8, 64)?;
        check("min_score", usize::from(min_score), 0, 4)?;
        Ok(Self { min_length, min_length_alone: min_length, min_score })
    }

    /// The same, with at least 15 characters where the password is the only factor (NIST SP 800-63B-4 3.1.1.2).
    #[must_use]
    pub fn nist(self) -> Self {
        Self { min_length_alone: self.min_length.max(ONLY_FACTOR), ..self }
    }

    /// How many characters a password has at least, in any account.
    pub fn min_length(&self) -> usize {
        self.min_length
    }

    /// How many characters the password of an account has at least.
    pub fn min_length_for(&self, second_factor_required: bool) -> usize {
        if second_factor_required { self.min_length } else { self.min_length_alone }
    }

    /// Whether the least length depends on the account.
    pub fn depends_on_second_factor(&self) -> bool {
        self.min_length != self.min_length_alone
    }

    /// How hard it is to guess, as zxcvbn's score.
    pub fn min_score(&self) -> u8 {
        self.min_score
    }

    /// How many guesses a password withstands at least; `None` for any.
    pub(super) fn min_guesses(self) -> Option<u64> {
        GUESSES.get(usize::from(self.min_score)).copied().filter(|guesses| *guesses > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_score_have_a_range() {
        for (length, score, message) in [
            (7, 3, "password policy: min_length is 7, but must be between 8 and 64"),
            (65, 3, "password policy: min_length is 65, but must be between 8 and 64"),
            (8, 5, "password policy: min_score is 5, but must be between 0 and 4"),
        ] {
            assert_eq!(PasswordPolicy::new(length, score).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn nist_asks_for_fifteen_characters_where_the_password_is_alone() {
        let lengths = |policy: PasswordPolicy| (policy.min_length_for(false), policy.min_length_for(true));
        let policy = |length| PasswordPolicy::new(length, 3).unwrap();
        assert_eq!(lengths(PasswordPolicy::default()), (8, 8));
        assert_eq!(lengths(policy(8).nist()), (15, 8));
        assert_eq!(lengths(policy(12).nist()), (15, 12));
        assert_eq!(lengths(policy(20).nist()), (20, 20));
        assert!(policy(8).nist().depends_on_second_factor() && !policy(20).nist().depends_on_second_factor());
    }
}
