//! What is stored of a row for searches, what is looked for in it, and whether it is there.

use std::collections::BTreeSet;

use vestibule_core::fold;

/// How many characters an index needs: shorter words are searched for where words begin.
const INDEXED: usize = 3;

/// The text that a search reads of these fields: each folded, behind a space, and then where their words begin.
///
/// ```
/// use vestibule_database::search::search_text;
///
/// assert_eq!(search_text([Some("zoe@x.test"), Some("Zoë")]), " zoe@x.test zoe  .t  @x  te  x.  zo");
/// ```
pub fn search_text<'a>(fields: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let (mut text, mut beginnings) = (String::new(), BTreeSet::new());
    for field in fields.into_iter().flatten() {
        for word in fold(field).split_whitespace() {
            text.push(' ');
            text.push_str(word);
            beginnings.extend(beginnings_of(word));
        }
    }
    for beginning in beginnings {
        text.push_str("  ");
        text.push_str(&beginning);
    }
    if text.is_empty() { " ".to_owned() } else { text }
}

/// The first two characters at each place where a word begins: behind a sign as well, and each sign is one.
fn beginnings_of(word: &str) -> impl Iterator<Item = String> {
    let mut is_within = false;
    word.char_indices().filter_map(move |(at, c)| {
        let is_letter = c.is_alphanumeric();
        let begins = !(is_letter && is_within);
        is_within = is_letter;
        begins.then(|| word.get(at..).unwrap_or_default().chars().take(2).collect())
    })
}

/// The text of `q` as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// What occurs in `search_text`.
    pub(crate) needle: String,
    /// The ids that begin with the word: from the first text, and below the second.
    pub(crate) ids: Vec<(String, String)>,
}

/// The most words of one search. Nothing is found by more: no name has so many.
const MAX_WORDS: usize = 100;

/// What no stored text has.
const NOWHERE: &str = "\n";

/// The words of a search. An apostrophe alone is no word.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let folded = fold(text);
    let words: Vec<Word> = folded
        .split_whitespace()
        .take(MAX_WORDS + 1)
        // PostgreSQL accepts no text with NUL, and stores none.
        .map(|word| Word { needle: needle(word).replace('\0', NOWHERE), ids: ids_from(word) })
        .collect();
    match words.len() > MAX_WORDS {
        true => vec![Word { needle: needle(NOWHERE), ids: Vec::new() }],
        false => words,
    }
}

fn needle(word: &str) -> String {
    if word.chars().count() < INDEXED { format!("  {word}") } else { word.to_owned() }
}

/// The ids that begin with a word such as `user_01k`. Those that this program creates are `prefix_` and capitals, others
/// are what an import made of them.
fn ids_from(word: &str) -> Vec<(String, String)> {
    let Some((kind, rest)) = word.split_once('_') else { return Vec::new() };
    let is_of = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if !is_of(kind, "") || !is_of(rest, "_") {
        return Vec::new();
    }
    let created = format!("{kind}_{}", rest.to_ascii_uppercase());
    let mut spellings = vec![word.to_owned()];
    spellings.extend((created != word).then_some(created));
    spellings.into_iter().filter_map(|from| Some((from.clone(), after(&from)?))).collect()
}

/// The first text after all that begin with this one.
fn after(text: &str) -> Option<String> {
    let (last, before) = (text.chars().next_back()?, text.get(..text.len() - 1)?);
    Some(format!("{before}{}", char::from_u32(u32::from(last) + 1)?))
}

/// Whether a row with this `search_text` and id is found: what both engines must agree with.
pub fn matches(search_text: &str, id: &str, text: &str) -> bool {
    let is_found = |word: &Word| {
        search_text.contains(&word.needle)
            || word.ids.iter().any(|(from, below)| id >= from.as_str() && id < below.as_str())
    };
    words(text).iter().all(is_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_order() {
        let text = search_text([Some("Anne-Marie@x.test"), Some("Anne-Marie"), Some("O’Brien  Müller")]);
        for found in [
            "",
            " ",
            "anne",
            "MARIE",
            "obrien",
            "o'brien",
            "O´Brien muller",
            "müller anne",
            "a",
            "m",
            "mu",
            "ob",
            "x.",
            "te",
            "-",
            "@x",
            "ne-ma",
            "rie@x",
            "brien",
            "'",
            "anne '",
        ] {
            assert!(matches(&text, "user_01", found), "{found:?}");
        }
        for missing in
            ["n", "ne", "ri", "annemarie", "brienmuller", "es", "%", "_", "an%", "nne_", "anne bob", "\0", "a\0"]
        {
            assert!(!matches(&text, "user_01", missing), "{missing:?}");
        }
    }

    #[test]
    fn ids_are_found_by_their_beginning() {
        let id = "user_01KB7XZ";
        for found in ["user_0", "user_01kb7xz", "USER_01KB7", "user_01kb7xz ada"] {
            assert!(matches(&search_text([Some("ada@x.test")]), id, found), "{found}");
        }
        for missing in ["user", "user_", "01KB7XZ", "_01", "user_01kb7xz1", "user_01kb7x-", "invite_01"] {
            assert!(!matches(&search_text([Some("ada@x.test")]), id, missing), "{missing}");
        }
        assert!(matches(&search_text([]), "role_super_admin", "role_super"));
    }

    #[test]
    fn no_row_has_more_than_a_hundred_words() {
        let text = search_text([Some("a")]);
        assert!(matches(&text, "1", &"a ".repeat(100)));
        assert!(!matches(&text, "1", &"a ".repeat(101)));
    }
}
