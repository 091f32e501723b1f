//! Lists of e-mail addresses, as users paste them.

use std::collections::HashSet;

use crate::EmailAddress;

/// Splits text into candidate e-mail addresses: in their order, without duplicates in any spelling.
///
/// White space, commas and semicolons separate. Of `Ada Lovelace <ada@example.com>`, as mail programs write it, the
/// address remains. Entries that are no address stay in the list, for the caller to report.
pub fn split_addresses(text: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    let entries = text.split(['\n', ',', ';', '\u{ff0c}', '\u{ff1b}', '\u{3001}']);
    entries.flat_map(addresses_of).filter(|address| seen.insert(EmailAddress::canonical_or_text(address))).collect()
}

/// Returns the words of one entry. If some are in angle brackets, words without an at sign are names.
fn addresses_of(entry: &str) -> Vec<&str> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
    let words = || entry.split(is_between).filter(|word| !word.is_empty());
    if !words().any(|word| in_brackets(word).is_some()) {
        return words().collect();
    }
    words().filter_map(|word| in_brackets(word).or_else(|| word.contains('@').then_some(word))).collect()
}

fn in_brackets(word: &str) -> Option<&str> {
    word.strip_prefix('<')?.strip_suffix('>').filter(|address| address.contains('@') && !address.contains(['<', '>']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_separator_splits_and_duplicates_are_removed() {
        for text in [
            "a@x.example b@x.example",
            "a@x.example\tb@x.example",
            "a@x.example;b@x.example",
            "a@x.example, b@x.example,",
            "a@x.example\r\nb@x.example\r\n",
            "a@x.example\u{a0}\u{3000}b@x.example",
            "\u{feff}a@x.example\u{ff1b}b@x.example",
            " ;a@x.example ; A@X.EXAMPLE\n\n b@x.example , a@x.example",
        ] {
            assert_eq!(split_addresses(text), ["a@x.example", "b@x.example"], "{text:?}");
        }
        assert!(split_addresses(" \t\r\n,;").is_empty());
    }

    #[test]
    fn names_before_an_address_in_brackets_are_dropped() {
        let text = "Ada Lovelace <ada@x.example>; Bob <bob@x.example>, <eve@x.example>\tcy@x.example";
        assert_eq!(split_addresses(text), ["ada@x.example", "bob@x.example", "eve@x.example", "cy@x.example"]);
    }

    #[test]
    fn entries_that_are_no_address_are_kept() {
        assert_eq!(
            split_addresses("nonsense <b>@x.example <> ada@x.example"),
            ["nonsense", "<b>@x.example", "<>", "ada@x.example"]
        );
    }
}
