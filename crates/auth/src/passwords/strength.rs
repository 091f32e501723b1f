//! How many guesses a password withstands, estimated in a bounded time for any text.
//!
//! zxcvbn looks up every part of a text in its lists, once for each reading of digits and signs as letters
//! (`p4$$w0rd`). The time grows with the square of the length and with the number of those readings: 0.9 s for 100
//! chosen characters. So a text is read in two parts, each as long as it can be within [`MOST_WORK`]: from its
//! beginning, and from the end of the rest. Measured with random search for the worst text: 16 ms a part.

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, zxcvbn};

/// How many characters of a part are read at most.
const MOST_CHARACTERS: usize = 48;

/// The square of a part's length times its readings, at most.
const MOST_WORK: usize = 300_000;

/// How many characters of any part are read.
const LEAST_CHARACTERS: usize = 8;

/// The signs that zxcvbn reads as letters, by letter.
const SUBSTITUTIONS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// The signs that stand for more than one letter.
const AMBIGUOUS: [char; 3] = ['1', '|', '7'];

/// The estimate of a password.
pub(super) struct Strength {
    /// How many guesses an attacker needs who knows common passwords.
    pub(super) guesses: u64,
    /// zxcvbn's result for the beginning, with advice.
    pub(super) beginning: Entropy,
}

/// Estimates a password for an attacker who knows these words.
///
/// A password that is longer than the part read is at least as hard to guess as its beginning and its end one after the
/// other, unless the same is repeated all the way.
pub(super) fn estimate(password: &str, words: &[&str]) -> Strength {
    let text: Vec<char> = password.chars().collect();
    let words: Vec<&str> = words.iter().copied().filter(|word| word.chars().nth(MOST_CHARACTERS).is_none()).collect();
    let (first, rest) = text.split_at(readable(text.iter()));
    let first: String = first.iter().collect();
    let beginning = zxcvbn(&first, &words);
    let mut guesses = guesses(&first, &beginning);
    if !rest.is_empty() && !is_repetition(&text) {
        let last: String = rest.iter().skip(rest.len() - readable(rest.iter().rev())).collect();
        guesses = guesses.saturating_mul(self::guesses(&last, &zxcvbn(&last, &words)).max(1));
    }
    Strength { guesses, beginning }
}

/// How many of these characters, from the first on, can be read within the bounds.
fn readable<'a>(text: impl Iterator<Item = &'a char>) -> usize {
    let mut read = String::new();
    let mut length = 0;
    for character in text.take(MOST_CHARACTERS) {
        read.push(*character);
        if length >= LEAST_CHARACTERS && readings(&read) * (length + 1) * (length + 1) > MOST_WORK {
            break;
        }
        length += 1;
    }
    length
}

/// How many readings zxcvbn tries for the signs of a text, at most.
fn readings(text: &str) -> usize {
    let present = |signs: &str| signs.chars().filter(|sign| text.contains(*sign)).count();
    let by_letter = SUBSTITUTIONS.iter().map(|signs| present(signs).max(1)).product::<usize>();
    AMBIGUOUS.iter().filter(|sign| text.contains(**sign)).fold(by_letter, |readings, _| readings * 2)
}

/// Whether a text is some shorter one, written twice or more.
fn is_repetition(text: &[char]) -> bool {
    (1..=text.len() / 2).any(|period| text.iter().skip(period).zip(text).all(|(later, earlier)| later == earlier))
}

/// zxcvbn takes every character that fits no pattern for one of ten: right among words, but ten thousand times too few
/// for a password of random letters, digits and signs. If a text consists of such characters, and of patterns that are
/// there by chance, its alphabet counts.
fn guesses(text: &str, found: &Entropy) -> u64 {
    let as_random = random_guesses(text, found).unwrap_or_default();
    found.guesses().max(as_random)
}

/// How many guesses a text withstands that looks random: no pattern in it is easier to guess than a hundredth of as many
/// random digits.
fn random_guesses(text: &str, found: &Entropy) -> Option<u64> {
    let alphabet = alphabet(text);
    let mut guesses = 1.0;
    for part in found.sequence() {
        let length = i32::try_from(part.token.chars().count()).ok()?;
        if matches!(part.pattern, MatchPattern::BruteForce) {
            guesses *= alphabet.powi(length);
        } else {
            let needed = part.guesses? as f64;
            if needed < 10_f64.powi(length - 2) {
                return None;
            }
            guesses *= needed;
        }
    }
    // Saturates, as the type does.
    Some(guesses as u64)
}

/// Whether a character is of a kind.
type IsOfKind = fn(char) -> bool;

/// How many characters the kinds in a text have.
fn alphabet(text: &str) -> f64 {
    let kinds: [(IsOfKind, f64); 5] = [
        (|c| c.is_ascii_lowercase(), 26.0),
        (|c| c.is_ascii_uppercase(), 26.0),
        (|c| c.is_ascii_digit(), 10.0),
        (|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33.0),
        (|c| !c.is_ascii(), 100.0),
    ];
    kinds.into_iter().filter(|(is_kind, _)| text.chars().any(is_kind)).map(|(_, size)| size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The work of a part: what the time is proportional to.
    fn work(text: &str) -> usize {
        let characters: Vec<char> = text.chars().collect();
        let length = readable(characters.iter());
        let read: String = characters.iter().take(length).collect();
        readings(&read) * length * length
    }

    /// security.md 12: the worst texts that a search has found, and those that are worst for other matchers.
    #[test]
    fn no_text_costs_more_than_the_bound() {
        let signs = "4@8({[<3691!|70$5+%2";
        for text in [
            signs.repeat(50),
            format!("{signs}{}", "p4ssw0rd".repeat(100)),
            "p4$$w0rd1|7+@8({[<369".repeat(40),
            "drag1naoveİag1naoveİ🔑01-01|4@8({-01|4@8({0$5+%".repeat(20),
            "1991-01-01 ".repeat(90),
            "11111991".repeat(120),
            "drowssap".repeat(120),
            "qwertyuiop".repeat(100),
            "a".repeat(1_024),
        ] {
            assert!(work(&text) <= MOST_WORK, "{text:.30}: {}", work(&text));
        }
    }

    #[test]
    fn plain_text_is_read_up_to_48_characters_and_disguised_text_less() {
        let length = |text: &str| readable(text.chars().collect::<Vec<_>>().iter());
        assert_eq!(length(&"correct horse battery staple ".repeat(9)), 48);
        assert_eq!(length("Tr0ub4dor&3"), 11);
        assert_eq!(length("p4$$w0rd!"), 9);
        let all_signs = length(&"4@8({[<3691!|70$5+%2".repeat(9));
        assert!((12..20).contains(&all_signs), "{all_signs}");
    }

    #[test]
    fn the_end_counts_where_it_is_not_read_with_the_beginning() {
        let guesses = |text: &str| estimate(text, &[]).guesses;
        let weak = "password".repeat(8);
        assert!(guesses(&weak) < 1_000, "a repetition is no better than what is repeated");
        assert!(guesses(&format!("{weak} lantern trombone quarry")) > 100_000_000);
        assert!(guesses(&format!("lantern trombone quarry {weak}")) > 100_000_000);
        assert!(guesses(&"a".repeat(1_024)) < 1_000);
    }
}
