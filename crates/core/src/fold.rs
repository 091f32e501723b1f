//! The form in which texts are searched: what is typed without accents, in any case and with any apostrophe finds the
//! text all the same.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;

/// Folds case, accents, ligatures and widths, and removes apostrophes and characters without width.
///
/// Accents are the marks of the Latin, Greek, Cyrillic, Hebrew and Arabic scripts. Those of other scripts stay: the vowel
/// signs of Devanagari and the sound marks of Japanese make other words. Text that was folded stays as it is, and a part
/// of a text is a part of the folded text.
///
/// ```
/// use vestibule_core::fold;
///
/// assert_eq!(fold("Zoë O’Brien"), "zoe obrien");
/// assert_eq!(fold("ŁUKASZ Straße"), "lukasz strasse");
/// assert_eq!(fold("Ἀθηνᾶ Фёдор がく"), "αθηνα федор がく");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(|c| !is_apostrophe(*c)).map(|c| c.to_ascii_lowercase()).collect();
    }
    let mut folded = String::with_capacity(text.len());
    // Apostrophes twice: to the normal form, some are a space with an accent, and some letters contain one.
    let normal = text.chars().filter(|c| !is_apostrophe(*c)).nfkd();
    for letter in normal.filter(|c| !is_apostrophe(*c) && !is_accent(*c) && !is_invisible(*c)) {
        letter.to_lowercase().filter(|c| !is_accent(*c)).for_each(|letter| push(&mut folded, letter));
    }
    folded.nfc().collect()
}

/// Appends a lower-case letter; a Latin one as ASCII, because ł, ø and ß have no accent that could be removed.
fn push(folded: &mut String, letter: char) {
    let latin = (is_latin(letter) && letter.is_alphabetic()).then(|| deunicode_char(letter)).flatten();
    match latin.filter(|text| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric())) {
        Some(text) => folded.extend(text.chars().map(|c| c.to_ascii_lowercase())),
        None if letter == 'ς' => folded.push('σ'),
        None => folded.push(letter),
    }
}

fn is_latin(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a722}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab6f}')
}

/// Apostrophes, and what is typed or printed in their place.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{b4}' | '\u{2b9}' | '\u{2bb}'..='\u{2bf}' | '\u{2c8}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{55a}' | '\u{5f3}' | '\u{a78b}' | '\u{a78c}' | '\u{ff07}')
}

/// The combining marks that are accents, and the optional points of Hebrew and Arabic.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one_text() {
        for (spellings, folded) in [
            (&["O'Brien", "O’BRIEN", "OʼBrien", "O`Brien", "O´Brien", "O＇Brien", "Obrien"][..], "obrien"),
            (&["Zoë", "ZOE", "Zoe\u{308}", "zoé", "Ｚｏë"], "zoe"),
            (&["Müller", "MULLER", "Mu\u{308}ller"], "muller"),
            (&["Straße", "STRASSE", "STRAẞE"], "strasse"),
            (&["Łukasz", "LUKASZ"], "lukasz"),
            (&["Søren", "soren"], "soren"),
            (&["Æsa", "aesa"], "aesa"),
            (&["Đặng", "dang", "ĐẶNG"], "dang"),
            (&["İnci", "inci", "INCI", "ıncı"], "inci"),
            (&["ﬁn", "fin"], "fin"),
            (&["Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ", "οδυσσευσ"], "οδυσσευσ"),
            (&["Фёдор", "ФЕДОР", "федор"], "федор"),
            (&["أحمد", "احمد"], "احمد"),
            (&["שָׁלוֹם", "שלום"], "שלום"),
            (&["한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"], "한글"),
            (&["ﾔﾏﾀﾞ", "ヤマダ"], "ヤマダ"),
            (&["李\u{200b}明", "李明"], "李明"),
        ] {
            for spelling in spellings {
                assert_eq!(fold(spelling), folded, "{spelling}");
                assert_eq!(fold(folded), folded);
            }
        }
    }

    #[test]
    fn other_words_stay_other_words() {
        for (one, other) in [("が", "か"), ("कि", "की"), ("李", "里"), ("a-b", "ab"), ("a.b", "ab"), ("а", "a")]
        {
            assert_ne!(fold(one), fold(other));
        }
        assert_eq!(fold("'"), "");
        assert_eq!(fold("%_\\\"*×"), "%_\\\"*×");
    }
}
