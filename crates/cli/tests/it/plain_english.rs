//! The words of docs/style.md that this project does not use, in everything that people read: code, comments, messages, pages,
//! mails, documents and scripts.

use std::path::{Path, PathBuf};

/// What is read: folders and files of the repository, and which endings count.
const READ: [&str; 11] = [
    "crates",
    "docs",
    "tests",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "Cargo.toml",
    "deny.toml",
    "clippy.toml",
    "test",
    ".ci",
];
const ENDINGS: [&str; 9] = ["rs", "md", "html", "txt", "toml", "sql", "js", "mjs", "sh"];

/// Other languages, what is installed or recorded, migrations (their text never changes), and the list itself.
const LEFT_OUT: [&str; 11] = [
    "/migrations/",
    "/node_modules/",
    "/target/",
    "/snapshots/",
    "/texts/de/",
    "/texts/fr/",
    "/templates/de/",
    "/templates/fr/",
    "docs/style.md",
    "docs/pictures",
    "/plain_english.rs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The words and phrases of the line that begins with "Not used:".
fn words() -> Vec<String> {
    let style = std::fs::read_to_string(root().join("docs/style.md")).unwrap();
    let list = style.split("Not used:").nth(1).unwrap().split("\n\n").next().unwrap();
    list.trim_end_matches(['.', '\n'])
        .split(',')
        .map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    let text = path.to_string_lossy();
    if LEFT_OUT.iter().any(|part| format!("{text}/").contains(part)) {
        return;
    }
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| files(entry, found));
    } else if path.extension().is_none_or(|ending| ENDINGS.iter().any(|known| ending == *known)) {
        found.push(path.to_owned());
    }
}

/// Whether the text has the word by itself: not as a part of a longer one, an address (`nobody@…`), or a quoted value
/// (`"nobody"`, as the audit log calls an unknown actor).
fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric();
    text.match_indices(word).any(|(start, _)| {
        let (before, rest) = text.split_at(start);
        let (before, after) = (before.chars().next_back(), rest.chars().nth(word.chars().count()));
        let is_quoted = matches!(before, Some('"' | '\'' | '`')) && before == after;
        !before.is_some_and(is_letter) && !after.is_some_and(|c| is_letter(c) || c == '@') && !is_quoted
    })
}

#[test]
fn words_that_are_not_used_are_found() {
    assert!(has_word("whoever asks", "whoever") && has_word("(he)", "he") && has_word("a_nobody_b", "nobody"));
    assert!(
        !has_word("the", "he")
            && !has_word("nobody@example.com", "nobody")
            && !has_word("is \"nobody\" there", "nobody")
    );
}

#[test]
fn texts_are_plain_english() {
    let words = words();
    assert!(words.len() > 10, "{words:?}");
    let mut found = Vec::new();
    READ.iter().for_each(|path| files(&root().join(path), &mut found));
    assert!(found.len() > 500, "{}", found.len());
    let mut lines = Vec::new();
    for path in found {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            // A code of the API, which clients compare, and steps of the recorded exchange, which a test compares.
            let lower = line.to_lowercase().replace("password_changed_meanwhile", "").replace("email anew\"", "");
            if let Some(word) = words.iter().find(|word| has_word(&lower, word)) {
                lines.push(format!("{}:{}: {word}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(lines.is_empty(), "{} lines have words that docs/style.md lists:\n{}", lines.len(), lines.join("\n"));
}
