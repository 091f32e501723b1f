//! The form in which a password is hashed.
//!
//! Two keyboards may send one text as different code points: `é` as one, or as `e` and an accent. A password is hashed
//! in NFC (RFC 8265 4.2.2), so that both are the same password. Hashes that were made of another form, here before or
//! by the reference, keep working: what was typed is tried as it is, too.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

/// The composed form (NFC) of a text.
pub(super) fn composed(text: &str) -> Zeroizing<String> {
    // Composition triples the length at most: the copy never moves, and leaves nothing behind that is not wiped.
    let mut composed = Zeroizing::new(String::with_capacity(text.len() * 3));
    composed.extend(text.nfc());
    composed
}

/// The forms of a password that a stored hash may be of: composed, and as it was typed if that differs. How many there
/// are depends on the password alone.
pub(super) fn forms(password: &str) -> Vec<Zeroizing<String>> {
    let composed = composed(password);
    if is_composed(password, &composed) { vec![composed] } else { vec![composed, Zeroizing::new(password.to_owned())] }
}

/// How many forms a password has.
pub(crate) fn count_forms(password: &str) -> usize {
    if is_composed(password, &composed(password)) { 1 } else { 2 }
}

fn is_composed(password: &str, composed: &str) -> bool {
    is_nfc_quick(password.chars()) == IsNormalized::Yes || password == composed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(password: &str) -> Vec<String> {
        forms(password).iter().map(|form| form.to_string()).collect()
    }

    #[test]
    fn a_text_is_composed_and_keeps_everything_else() {
        assert_eq!(texts("pa\u{308}ssword"), ["pässword", "pa\u{308}ssword"]);
        assert_eq!(texts("pässword"), ["pässword"]);
        assert_eq!(
            texts("  ﬁ ² Ⅳ ｗ \u{a0}"),
            ["  ﬁ ² Ⅳ ｗ \u{a0}"],
            "nothing is trimmed, and nothing compatible replaced"
        );
        assert_eq!(texts("\u{212b}"), ["\u{c5}", "\u{212b}"], "the sign of the unit is the letter");
        assert_eq!(texts(""), [""]);
        assert_eq!(texts("\u{958}"), ["\u{915}\u{93c}", "\u{958}"], "a letter that is never composed");
    }

    #[test]
    fn the_longest_text_never_moves() {
        for text in ["\u{1d160}", "\u{390}", "\u{fb2c}", "\u{1d164}", "\u{958}", "a"] {
            let text = text.repeat(1_024);
            assert!(composed(&text).len() <= text.len() * 3);
        }
    }
}
