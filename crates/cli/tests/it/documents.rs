//! Generated documents, and documents that name tests, are up to date.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every statement up to this one must name its tests; later ones may.
const STATEMENTS: u32 = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// To update it: `vestibule config reference > docs/configuration.md`.
#[test]
fn the_settings_document_is_up_to_date() {
    let present = vestibule_cli::configuration::markdown();
    assert!(read("docs/configuration.md").trim_end() == present.trim_end(), "docs/configuration.md is out of date");
}

/// Each statement has its line, each test that it names exists, and cites the statement.
#[test]
fn every_security_statement_names_its_tests() {
    let document = read("docs/security.md");
    let rows: Vec<(u32, Vec<&str>)> = document.lines().filter_map(row).collect();
    let numbers: Vec<u32> = rows.iter().map(|(number, _)| *number).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    assert!((1..=STATEMENTS).all(|number| numbers.contains(&number)), "{numbers:?}");
    for (number, tests) in rows {
        assert!(!tests.is_empty(), "{number} names no test");
        for path in tests {
            let cited = cited_by(&read(path));
            assert!(cited.contains(&number), "{path} cites {cited:?}, and not {number}");
        }
    }
}

/// Parses `| 7 | … | `crates/…`, `crates/…` |` into the number and the files.
fn row(line: &str) -> Option<(u32, Vec<&str>)> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    let number = cells.next()?.parse().ok()?;
    let tests = cells.nth(1)?;
    Some((number, tests.split('`').filter(|part| part.starts_with("crates/")).collect()))
}

/// Returns the statements that a test cites: `security.md 2 and 17`, or `//! 15 and 16: …` in its first line.
fn cited_by(text: &str) -> BTreeSet<u32> {
    let first = text.strip_prefix("//! ").into_iter();
    first.chain(text.split("security.md ").skip(1)).flat_map(numbers).collect()
}

/// Parses the numbers with which a text begins: `15, 16 and 29`.
fn numbers(text: &str) -> impl Iterator<Item = u32> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty() && *word != "and");
    words.map_while(|word| {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}
