//! Checks new passwords: length, the owner's own words, the operator's list of forbidden ones, and how many guesses they
//! withstand. zxcvbn estimates that, from lists of common passwords, names and words, and from usual patterns.

use std::sync::Arc;
use std::time::Duration;

use super::form::composed;
use super::pool::Refused;
use super::strength::estimate;
use super::{
    ForbiddenPasswords, HashingError, PasswordPolicy, PasswordSubject, Passwords, WeakPassword, accept, words,
};
use crate::{AuthOptions, AuthenticateError};

/// How much of a name or an address is compared with a password, in characters. No valid one is longer.
const LONGEST_NAME: usize = 256;

/// When to retry if too many passwords wait to be checked: the queue is processed in less.
const RETRY_AFTER: Duration = Duration::from_secs(4);

/// How many words that stand for the owner are searched at most.
const MOST_WORDS: usize = 32;

/// The length from which a part of the address or a name may not make up most of a password, in letters and digits.
const SHORTEST_PART: usize = 4;

/// What decides whether a password may be set.
#[derive(Debug, Clone)]
pub(crate) struct PasswordRules {
    policy: PasswordPolicy,
    forbidden: Option<Arc<ForbiddenPasswords>>,
    /// The words that stand for the service.
    service: Vec<String>,
}

impl PasswordRules {
    pub(crate) fn new(options: &AuthOptions) -> Self {
        let mut service = vec!["vestibule".to_owned()];
        for name in options.service_names.iter().map(String::as_str).chain([options.mfa_issuer.as_str()]) {
            add_words(beginning(name), &mut service);
        }
        if let Some(url) = &options.public_url {
            let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            add_words(beginning(host.split(['/', ':']).next().unwrap_or_default()), &mut service);
        }
        service.truncate(MOST_WORDS);
        Self { policy: options.password_policy, forbidden: options.forbidden_passwords.clone(), service }
    }

    /// The checks that cost next to nothing.
    fn check_at_once(&self, password: &str, subject: &PasswordSubject<'_>) -> Result<(), AuthenticateError> {
        let least = self.policy.min_length_for(subject.second_factor_required);
        if password.chars().take(least).count() < least {
            return Err(WeakPassword::TooShort { least }.into());
        }
        if is_mostly_oneself(password, subject.address, subject.names) {
            return Err(WeakPassword::Oneself.into());
        }
        if self.forbidden.as_ref().is_some_and(|forbidden| forbidden.contains(password)) {
            return Err(AuthenticateError::ForbiddenPassword);
        }
        Ok(())
    }

    /// The words that an attacker knows, beside those of zxcvbn; the most likely ones first.
    fn words(&self, subject: &PasswordSubject<'_>) -> Vec<String> {
        let (local, domain) = subject.address.rsplit_once('@').unwrap_or((subject.address, ""));
        let mut words = vec![subject.address.to_owned()];
        for text in [local, domain].iter().chain(subject.names) {
            add_words(text, &mut words);
        }
        words.retain(|word| word.chars().nth(2).is_some());
        words.truncate(MOST_WORDS);
        words.extend(self.service.iter().filter(|word| word.chars().nth(2).is_some()).cloned());
        words
    }
}

impl Passwords {
    /// Checks whether an owner may set a password. It is estimated on a thread of its own with a short queue, so that no
    /// sign-in waits for it (security.md 12).
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Weak`] with advice, [`AuthenticateError::ForbiddenPassword`],
    /// [`AuthenticateError::PasswordTooLong`] if it is too long, and [`AuthenticateError::TooManyNewPasswords`].
    pub(crate) async fn check_strength(
        &self,
        rules: &PasswordRules,
        password: &str,
        subject: &PasswordSubject<'_>,
    ) -> Result<(), AuthenticateError> {
        let password = composed(&accept(password)?);
        let names: Vec<String> = subject.names.iter().map(|name| composed(beginning(name)).to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let address = composed(beginning(subject.address));
        let subject = PasswordSubject { address: &address, names: &names, ..*subject };
        rules.check_at_once(&password, &subject)?;
        let Some(least) = rules.policy.min_guesses() else { return Ok(()) };
        let own = rules.words(&subject);
        let work = move |_: &mut _| {
            let words: Vec<&str> = own.iter().chain(words::common()).map(String::as_str).collect();
            let estimated = estimate(&password, &words);
            if estimated.guesses >= least { Ok(()) } else { Err(WeakPassword::guessable(&estimated.beginning)) }
        };
        match self.0.strength_pool.run(work).await {
            Ok(checked) => Ok(checked?),
            Err(Refused::Full) => Err(AuthenticateError::TooManyNewPasswords { retry_after: RETRY_AFTER }),
            Err(Refused::Lost) => Err(HashingError::Stopped.into()),
        }
    }
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(LONGEST_NAME).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The words of a text, and all its letters and digits together, also as written without accents.
fn add_words(text: &str, words: &mut Vec<String>) {
    let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let found: Vec<String> = [text.to_lowercase(), letters_and_digits(text)].into_iter().chain(parts).collect();
    let plain: Vec<String> = found.iter().flat_map(|word| words::without_accents(word)).collect();
    words.extend(found.into_iter().chain(plain).filter(|word| !word.is_empty()));
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
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
    use vestibule_core::{DomainError, ErrorKind, SigningKey};

    use super::*;
    use crate::PasswordConfig;

    const ADA: &str = "ada.lovelace@example.com";

    fn options() -> AuthOptions {
        AuthOptions::new(SigningKey::new(&[1; 32]))
    }

    fn rules(policy: PasswordPolicy) -> PasswordRules {
        PasswordRules { policy, ..PasswordRules::new(&options()) }
    }

    async fn check_strength(policy: PasswordPolicy, password: &str) -> Result<(), AuthenticateError> {
        check(&rules(policy), password, &PasswordSubject::new(ADA, &["Augusta", "King-Noel"])).await
    }

    async fn check(
        rules: &PasswordRules,
        password: &str,
        subject: &PasswordSubject<'_>,
    ) -> Result<(), AuthenticateError> {
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let checked = passwords.check_strength(rules, password, subject).await;
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
        let rules = rules(PasswordPolicy::default());
        for alphabet in alphabets {
            let characters: Vec<char> = alphabet.chars().collect();
            for _ in 0..150 {
                let bytes: [u8; 8] = environment.random_bytes();
                let password: String =
                    bytes.iter().map(|byte| characters[usize::from(*byte) % characters.len()]).collect();
                let checked =
                    passwords.check_strength(&rules, &password, &PasswordSubject::new(ADA, &["Augusta"])).await;
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
        let names = [long.as_str(); 2];
        let subject = PasswordSubject::new(&long, &names);
        passwords.check_strength(&rules(policy), "Lantern-trombone-42", &subject).await.unwrap();
        let too_long = check_strength(policy, &"x".repeat(1_025)).await.unwrap_err();
        assert_eq!(too_long.to_string(), "The password is too long: 1024 characters at most");
    }

    /// security.md 8
    #[tokio::test]
    async fn words_and_names_of_the_pages_languages_are_guessed() {
        for password in [
            "Passwort2026",
            "geheimnis1",
            "Schätzchen7",
            "Schaetzchen7",
            "Sch4tzchen!",
            "Geburtstag24",
            "qwertzuiop1",
            "Fußball2026",
            "fussball!!",
            "Annekathrin1",
            "motdepasse1",
            "Bonjour123",
            "azertyuiop1",
            "anniversaire8",
            "Lefebvre1990",
            "пароль123",
            "Солнышко7",
            "йцукен123",
            "Екатерина1",
            "lyubov2026",
        ] {
            assert!(check_strength(PasswordPolicy::default(), password).await.is_err(), "{password}");
        }
        for password in ["Zitronenfalter im Sturm 7", "un hérisson volé au marché", "пастернак на веранде"]
        {
            check_strength(PasswordPolicy::default(), password).await.expect(password);
        }
    }

    /// security.md 8
    #[tokio::test]
    async fn the_names_of_the_service_and_of_the_owner_are_guessed_without_accents_too() {
        let mut options = options();
        options.service_names = vec!["Zwölf Lärchen".to_owned()];
        options.public_url = Some("https://people.quarkhafen.example:8443/".to_owned());
        options.mfa_issuer = "Trombonia".to_owned();
        let rules = PasswordRules::new(&options);
        let subject = PasswordSubject::new("j.oezdemir@quintessenz.example", &["Jürgen", "Özdemir-Wößner"]);
        for password in [
            "ZwölfLärchen1",
            "zwoelflaerchen",
            "Larchen2026",
            "quarkhafen1",
            "Trombonia26",
            "people.quarkhafen.example",
            "Quintessenz1",
            "wossner2026",
            "woessner2026",
            "Wo\u{308}ßner2026",
        ] {
            assert!(check(&rules, password, &subject).await.is_err(), "{password}");
        }
    }

    /// security.md 8
    #[tokio::test]
    async fn the_least_length_depends_on_the_second_factor_if_the_policy_says_so() {
        let rules = rules(PasswordPolicy::default().nist());
        let subject = PasswordSubject::new(ADA, &[]);
        let error = check(&rules, "Lanter-tromb42", &subject).await.unwrap_err();
        assert_eq!(error.to_string(), "The password is too short: 15 characters at least");
        check(&rules, "Lanterntromb-42", &subject).await.unwrap();
        let subject = subject.with_second_factor(true);
        check(&rules, "Lanter-tromb42", &subject).await.unwrap();
        let error = check(&rules, "Lant-42", &subject).await.unwrap_err();
        assert_eq!(error.to_string(), "The password is too short: 8 characters at least");
        let accents = "e\u{301}".repeat(7);
        let error = check(&rules, &accents, &subject).await.unwrap_err();
        assert!(error.to_string().contains("too short"), "an accent is no character of its own: {error}");
    }

    /// security.md 8
    #[tokio::test]
    async fn a_forbidden_password_is_refused_however_strong_it_is() {
        let list = "Lantern-trombone-42\nZitronenfa\u{308}lter im Sturm\n";
        let mut options = options();
        options.forbidden_passwords = Some(Arc::new(ForbiddenPasswords::build(list.as_bytes()).unwrap()));
        for policy in [PasswordPolicy::default(), PasswordPolicy::new(8, 0).unwrap()] {
            let rules = PasswordRules { policy, ..PasswordRules::new(&options) };
            let subject = PasswordSubject::new(ADA, &[]);
            for password in ["Lantern-trombone-42", "LANTERN-trombone-42", "Zitronenfälter im Sturm"] {
                let error = check(&rules, password, &subject).await.unwrap_err();
                assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidData, Some("forbidden_password")));
            }
            check(&rules, "Lantern-trombone-43", &subject).await.unwrap();
        }
    }
}
