//! Words and names of the pages' languages that zxcvbn does not know: its own lists are English.
//!
//! `words` has those that people build passwords of, per language: written for this program, and short. The names are
//! those of the crate `fake`. Decision 28 has the reason why there is no dictionary.

use std::sync::LazyLock;

use fake::locales::{DE_DE, Data, FR_FR};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The length from which a word counts. Shorter ones are in any text.
const SHORTEST: usize = 4;

/// The words in lower case, composed, the most usual ones first; then the same without accents.
static COMMON: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lists = [include_str!("words/de.txt"), include_str!("words/fr.txt"), include_str!("words/ru.txt")];
    let words = lists.into_iter().flat_map(str::split_whitespace);
    let first_names = DE_DE::NAME_FIRST_NAME.iter().chain(FR_FR::NAME_FIRST_NAME);
    let names = first_names.chain(DE_DE::NAME_LAST_NAME).chain(FR_FR::NAME_LAST_NAME).copied();
    let mut seen = std::collections::HashSet::new();
    let mut common: Vec<String> =
        words.chain(names).map(|word| word.nfc().collect::<String>().to_lowercase()).collect();
    common.retain(|word| word.chars().nth(SHORTEST - 1).is_some() && seen.insert(word.clone()));
    let plain: Vec<String> = common.iter().flat_map(|word| without_accents(word)).collect();
    common.extend(plain.into_iter().filter(|word| seen.insert(word.clone())));
    common
});

/// The words, for an estimate: the sooner a word is in the list, the sooner an attacker tries it.
pub(super) fn common() -> &'static [String] {
    &COMMON
}

/// How a word in lower case is written on a keyboard without its accents: without them, and as German does it. Nothing if
/// it has none.
pub(super) fn without_accents(word: &str) -> Vec<String> {
    let sharp = word.replace('ß', "ss").replace('œ', "oe");
    let plain: String = sharp.nfd().filter(|c| !is_combining_mark(*c)).nfc().collect();
    let german = sharp.nfc().collect::<String>().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
    let german: String = german.nfd().filter(|c| !is_combining_mark(*c)).nfc().collect();
    let mut written = vec![plain, german];
    written.dedup();
    written.retain(|plain| plain != word);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_and_without_their_accents() {
        let common: Vec<&str> = common().iter().map(String::as_str).collect();
        for word in ["passwort", "fußball", "fussball", "schlüssel", "schluessel", "schlussel", "été", "forêt", "foret"]
        {
            assert!(common.contains(&word) || word.chars().count() < SHORTEST, "{word}");
        }
        for word in ["солнышко", "александр", "йцукен", "kevin", "lefebvre"] {
            assert!(common.contains(&word), "{word}");
        }
        assert!(common.len() < 6_000, "each is looked at whenever a password is rated: {}", common.len());
        let distinct: std::collections::HashSet<_> = common.iter().collect();
        assert_eq!(distinct.len(), common.len());
    }

    #[test]
    fn a_word_without_accents_is_written_in_one_way() {
        assert_eq!(without_accents("müller"), ["muller", "mueller"]);
        assert_eq!(without_accents("andré"), ["andre"]);
        assert_eq!(without_accents("straße"), ["strasse"]);
        assert!(without_accents("schmidt").is_empty());
    }
}
