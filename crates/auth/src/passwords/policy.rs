//! Which passwords are strong enough to be set (security.md 8).
//!
//! Length, and how hard the password is to guess for an attacker who knows its owner: zxcvbn estimates that, from lists
//! of common passwords, names and words, and from usual patterns. There are no rules about which characters it must
//! have (NIST SP 800-63B-4 3.1.1.2): any Unicode is accepted, and nothing is trimmed.

use std::time::Duration;

use zxcvbn::feedback::{Suggestion, Warning};

use super::pool::Refused;
use super::strength::estimate;
use super::{HashingError, Passwords, accept};
use crate::AuthenticateError;

/// How much of a name or an address is compared with a password, in characters. No valid one is longer.
const LONGEST_NAME: usize = 256;

/// The guesses that each score exceeds, as defined by zxcvbn.
const GUESSES: [u64; 5] = [0, 1_005, 1_000_005, 100_000_005, 10_000_000_005];

/// When to retry if too many passwords wait to be checked: the queue is processed in less.
const RETRY_AFTER: Duration = Duration::from_secs(4);

/// How many words that stand for the owner are searched at most.
const MOST_WORDS: usize = 32;

/// The length from which a part of the address or a name may not make up most of a password, in letters and digits.
const SHORTEST_PART: usize = 4;

/// The requirements for a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
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

/// Why a password is too weak, with advice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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

impl Default for PasswordPolicy {
    /// Eight characters (NIST SP 800-63B-4 3.1.1.2), and more than a hundred million guesses.
    fn default() -> Self {
        Self { min_length: 8, min_score: 3 }
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
        Ok(Self { min_length, min_score })
    }

    /// How many characters a password has at least.
    pub fn min_length(&self) -> usize {
        self.min_length
    }

    /// How hard it is to guess, as zxcvbn's score.
    pub fn min_score(&self) -> u8 {
        self.min_score
    }

    /// The checks that cost nothing.
    fn check_at_once(self, password: &str, address: &str, names: &[&str]) -> Result<(), WeakPassword> {
        if password.chars().take(self.min_length).count() < self.min_length {
            return Err(WeakPassword::TooShort { least: self.min_length });
        }
        if is_mostly_oneself(password, address, names) {
            return Err(WeakPassword::Oneself);
        }
        Ok(())
    }

    /// How hard the password is to guess for an attacker who knows these words.
    fn estimate(self, password: &str, words: &[String]) -> Result<(), WeakPassword> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let estimated = estimate(password, &words);
        if GUESSES.get(usize::from(self.min_score)).is_none_or(|least| estimated.guesses >= *least) {
            return Ok(());
        }
        let feedback = estimated.beginning.feedback();
        let suggestions = feedback.map(zxcvbn::feedback::Feedback::suggestions).unwrap_or_default();
        let suggestions = if suggestions.is_empty() { &[Suggestion::AddAnotherWordOrTwo] } else { suggestions };
        let warning = feedback.and_then(|feedback| feedback.warning()).as_ref().map(Warning::to_string);
        let advice: Vec<String> = warning.into_iter().chain(suggestions.iter().map(Suggestion::to_string)).collect();
        Err(WeakPassword::Guessable { advice: advice.join(" ") })
    }
}

impl Passwords {
    /// Checks whether a user of this address and these names may set a password. It is estimated on a thread of its own
    /// with a short queue, so that no sign-in waits for it (security.md 12).
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Weak`] with advice, [`AuthenticateError::Invalid`] if it is too long, and
    /// [`AuthenticateError::TooManyNewPasswords`].
    pub(crate) async fn check_strength(
        &self,
        policy: PasswordPolicy,
        password: &str,
        address: &str,
        names: &[&str],
    ) -> Result<(), AuthenticateError> {
        let password = accept(password)?;
        let address = beginning(address);
        let names: Vec<&str> = names.iter().copied().map(beginning).collect();
        policy.check_at_once(&password, address, &names)?;
        if policy.min_score == 0 {
            return Ok(());
        }
        let words = words(address, &names);
        match self.0.strength_pool.run(move |_| policy.estimate(&password, &words)).await {
            Ok(checked) => Ok(checked?),
            Err(Refused::Full) => Err(AuthenticateError::TooManyNewPasswords { retry_after: RETRY_AFTER }),
            Err(Refused::Lost) => Err(HashingError::Stopped.into()),
        }
    }
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(LONGEST_NAME).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The words that stand for the owner, and for Vestibule.
fn words(address: &str, names: &[&str]) -> Vec<String> {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let mut words: Vec<String> = ["vestibule", address, local, domain].map(str::to_owned).into();
    for text in [local, domain].iter().chain(names) {
        words.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
        words.push(letters_and_digits(text));
    }
    words.retain(|word| word.chars().nth(2).is_some());
    words.truncate(MOST_WORDS);
    words
}

/// Whether at least half of the password is the address or the names, or parts of them.
fn is_mostly_oneself(password: &str, address: &str, names: &[&str]) -> bool {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let host = domain.split('.').next().unwrap_or_default();
    let wholes = [address, local, domain, host].into_iter().chain(names.iter().copied());
    let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let mut rest = letters_and_digits(password);
    let before = rest.chars().count();
    for part in wholes.chain(words).take(MOST_WORDS).map(letters_and_digits) {
        if part.chars().nth(SHORTEST_PART - 1).is_some() {
            rest = rest.replace(&part, "");
        }
    }
    let covered = before - rest.chars().count();
    covered > 0 && covered * 2 >= password.chars().count()
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use vestibule_core::{DomainError, ErrorKind};

    use super::*;
    use crate::PasswordConfig;

    const ADA: &str = "ada.lovelace@example.com";

    async fn check_strength(policy: PasswordPolicy, password: &str) -> Result<(), AuthenticateError> {
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let checked = passwords.check_strength(policy, password, ADA, &["Augusta", "King-Noel"]).await;
        assert_eq!(passwords.done(), 0, "nothing is hashed");
        checked
    }

    /// security.md 8
    #[tokio::test]
    async fn random_passwords_of_the_least_length_are_taken() {
        let alphabets = [
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&()*+,-./:;<=>?@[]^_{|}~",
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        ];
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let (environment, _) = vestibule_testing::test_environment();
        for alphabet in alphabets {
            let characters: Vec<char> = alphabet.chars().collect();
            for _ in 0..150 {
                let bytes: [u8; 8] = environment.random_bytes();
                let password: String =
                    bytes.iter().map(|byte| characters[usize::from(*byte) % characters.len()]).collect();
                let checked = passwords.check_strength(PasswordPolicy::default(), &password, ADA, &["Augusta"]).await;
                assert!(checked.is_ok(), "{password}: {checked:?}");
            }
        }
    }

    /// security.md 8
    #[tokio::test]
    async fn common_passwords_and_small_changes_of_them_are_refused() {
        for password in [
            "Password1!",
            "P@ssw0rd123",
            "Summer2026!",
            "Welcome123!",
            "Qwerty123!",
            "iloveyou2",
            "monkey99",
            "1q2w3e4r",
            "abcd1234",
            "1234abcd",
            "letmein1",
            "Dragon12",
            "test1234",
            "qazwsxedc",
            "zaq12wsx",
            "admin2026",
            "Sunshine1",
            "aaaaaaaa1",
            "abababab",
            "12121990",
            "1990-12-12",
            "drowssap1",
            "p4$$w0rd",
            "football!",
            "73920184",
        ] {
            assert!(check_strength(PasswordPolicy::default(), password).await.is_err(), "{password}");
        }
    }

    /// security.md 8
    #[tokio::test]
    async fn any_unicode_is_taken_where_it_is_hard_to_guess() {
        for password in [
            "Lantern-trombone-42",
            "correct horse battery staple",
            "  Zitronen falter \u{a0} im Sturm ",
            "пастернак на веранде",
            "紫陽花と郵便局の猫が歌う",
            "🔑🪣🦑🎷🧵🥝🪁🦤🛶🧃",
            "nul\0and\u{feff}lone \u{fffd} things",
            &"🔑".repeat(3).repeat(341),
            &"Lantern-trombone-42 ".repeat(51),
        ] {
            let checked = check_strength(PasswordPolicy::default(), password).await;
            let is_repetition = password.chars().count() > 1_000;
            assert!(checked.is_ok() || is_repetition, "{password}: {checked:?}");
        }
    }

    /// security.md 8
    #[tokio::test]
    async fn a_refusal_has_reason_and_advice() {
        let oneself = "The password is little more than your name or e-mail address. Use a few words that have nothing \
                       to do with you.";
        for (password, message) in [
            ("1234567", "The password is too short: 8 characters at least"),
            ("🔑🔑🔑🔑🔑🔑🔑", "The password is too short: 8 characters at least"),
            (ADA, oneself),
            ("ADA.LOVELACE@EXAMPLE.COM!", oneself),
            ("Lovelace-Ada Lovelace", oneself),
            ("Augusta1815", oneself),
            ("noel-AUGUSTA-1852", oneself),
            ("adalovelace1815", oneself),
            ("example!example", oneself),
            (
                "password1",
                "The password is too easy to guess. This is a very common password. Add another word or two. Uncommon \
                 words are better.",
            ),
            (
                "12345678",
                "The password is too easy to guess. This is a top-10 common password. Add another word or two. \
                 Uncommon words are better.",
            ),
            (
                "        ",
                "The password is too easy to guess. Repeats like \"aaa\" are easy to guess. Add another word or two. \
                 Uncommon words are better. Avoid repeated words and characters.",
            ),
            ("vestibule", "The password is too easy to guess."),
            ("Vestibule2026", "The password is too easy to guess."),
            ("KingNoel1", oneself),
            ("qwertzuiop", "The password is too easy to guess."),
        ] {
            let error = check_strength(PasswordPolicy::default(), password).await.expect_err(password);
            assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidData, Some("weak_password")), "{password}");
            let message_text = error.to_string();
            assert!(
                message_text == message || (message_text.starts_with(message) && message_text.ends_with('.')),
                "{password}: {message_text}"
            );
        }
    }

    #[tokio::test]
    async fn the_address_in_a_password_that_is_more_than_it_does_no_harm() {
        for password in ["ada.lovelace@example.com teaches 17 violet octopuses to yodel", "ada-7-lanterns-quarry"] {
            check_strength(PasswordPolicy::default(), password).await.expect(password);
        }
    }

    #[tokio::test]
    async fn length_and_strength_are_settings_in_a_range() {
        let lenient = PasswordPolicy::new(8, 0).unwrap();
        check_strength(lenient, "12345678").await.unwrap();
        assert!(check_strength(lenient, "1234567").await.is_err());
        assert!(check_strength(lenient, ADA).await.is_err(), "the address is refused whatever the score");
        let strict = PasswordPolicy::new(20, 4).unwrap();
        assert!(check_strength(strict, "Lantern-trombone-42").await.is_err());
        check_strength(strict, "Lantern-trombone-42-quarry").await.unwrap();
        let three = "Harbour-77x!";
        check_strength(PasswordPolicy::default(), three).await.unwrap();
        let error = check_strength(PasswordPolicy::new(8, 4).unwrap(), three).await.unwrap_err().to_string();
        assert_eq!(
            error, "The password is too easy to guess. Add another word or two. Uncommon words are better.",
            "also where zxcvbn has no advice"
        );
        for (length, score, message) in [
            (7, 3, "password policy: min_length is 7, but must be between 8 and 64"),
            (65, 3, "password policy: min_length is 65, but must be between 8 and 64"),
            (8, 5, "password policy: min_score is 5, but must be between 0 and 4"),
        ] {
            assert_eq!(PasswordPolicy::new(length, score).unwrap_err().to_string(), message);
        }
    }

    /// security.md 12: any text is estimated soon, and nothing breaks.
    #[tokio::test]
    async fn the_longest_and_oddest_take_no_time() {
        let policy = PasswordPolicy::default();
        let odd = ["a", "1", "aA", "p4ssw0rd", "2001-01-01 ", "\u{301}", "ß", "İ", "🔑", "qwerty", "19"];
        for password in odd.map(|part| part.repeat(1_024 / part.chars().count())) {
            let started = tokio::time::Instant::now();
            drop(check_strength(policy, &password).await);
            let taken = started.elapsed();
            assert!(taken < Duration::from_secs(5), "{password:.20}: {taken:?}");
        }
        let long = "a1b2-".repeat(20_000);
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        passwords.check_strength(policy, "Lantern-trombone-42", &long, &[long.as_str(); 2]).await.unwrap();
        let too_long = check_strength(policy, &"x".repeat(1_025)).await.unwrap_err();
        assert_eq!(too_long.to_string(), "The password is too long: 1024 characters at most");
    }
}
