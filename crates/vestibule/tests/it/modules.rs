//! Writes `docs/modules.md`: the methods of the reference's module interfaces, with Vestibule's beside each.
//!
//! The reference's names and the notes are from `modules.txt`; the rest is read from the code, so a method that was
//! removed or renamed fails here. UPDATE_SNAPSHOTS=1 writes the document.

use std::fmt::Write;
use std::path::{Path, PathBuf};

const DOCUMENT: &str = "docs/modules.md";

const INTRODUCTION: &str = "# The module interfaces

Written by `crates/vestibule/tests/it/modules.rs` from the code: every method of Medusa 2.21.2's `IUserModuleService` and
`IAuthModuleService`, with Vestibule's beside it. Each has a test of its name.

For all of them:

- Methods that create, update, delete or restore take one item or a list (`OneOrMany`), and return the same. A list is processed
  completely or not at all.
- `Filter` is the reference's filter with `$and`, `$or`, `$not` and its operators, `FindConfig` its order, `skip`, `take` and
  `withDeleted`. `select` has no counterpart: a Rust struct has all its fields (`Selection::apply` removes fields from JSON). Nor
  has `relations`: identities come with their provider identities, and other rows name their identity by `auth_identity_id`.
- Identities, factors, challenges and verifications are deleted for good: there is no `withDeleted` for them, as in the interfaces.
- The shared context is a transaction: a method whose name ends in `_within` works in the caller's.
- Each operation has its own error type, with the reference's messages.
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file below a folder.
fn sources(folder: &str) -> Vec<String> {
    let (mut texts, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                texts.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    texts
}

/// Converts `listAndCountUsers` to Rust's case.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_uppercase() {
            text.push('_');
        }
        text.extend(character.to_lowercase());
    }
    text
}

/// Returns the arguments and the result of a public method, as in the code.
fn signature(texts: &[String], name: &str) -> Option<String> {
    let found = texts.iter().find_map(|text| {
        let begins = [format!("pub async fn {name}("), format!("pub async fn {name}<"), format!("pub fn {name}(")];
        let at = begins.iter().find_map(|begin| text.find(begin.as_str()).map(|at| at + begin.len() - 1))?;
        let rest = text.get(at..)?;
        rest.find(" {\n").and_then(|end| rest.get(..end)).map(str::to_owned)
    })?;
    let words: Vec<&str> = found.split_whitespace().collect();
    let line = words.join(" ").replace("( &self", "(&self").replace(", )", ")");
    Some(line.replace("(&self, ", "(").replace("(&self)", "()"))
}

#[test]
fn every_method_of_the_interfaces_exists_and_has_a_test() {
    let mut document = INTRODUCTION.to_owned();
    let list = include_str!("modules.txt");
    for (interface, folder, service) in
        [("IUserModuleService", "crates/user", "UserModule"), ("IAuthModuleService", "crates/auth", "AuthModule")]
    {
        let (code, tests) = (sources(&format!("{folder}/src")), sources(&format!("{folder}/tests")));
        write!(
            document,
            "\n## {interface}: `{service}`\n\n| The reference's | Vestibule's | Differences |\n|---|---|---|\n"
        )
        .unwrap();
        let mut number = 0;
        for line in list.lines().filter(|line| line.starts_with(interface)) {
            let cells: Vec<&str> = line.splitn(3, '|').map(str::trim).collect();
            let (method, differs) = (cells[1], cells[2]);
            let name = snake_case(method);
            let signature = signature(&code, &name).unwrap_or_else(|| panic!("{service} has no method {name}"));
            let test = format!("async fn {name}(module: Module)");
            assert!(tests.iter().any(|text| text.contains(&test)), "{service}::{name} has no test of its name");
            let signature = signature.replace('|', "\\|");
            writeln!(document, "| `{method}` | `{name}{signature}` | {differs} |").unwrap();
            number += 1;
        }
        let expected = if service == "UserModule" { 18 } else { 33 };
        assert_eq!(number, expected, "the methods of {interface}");
    }
    let path = root().join(DOCUMENT);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).is_ok_and(|kept| kept == document),
        "the modules' methods have changed: run with UPDATE_SNAPSHOTS=1 and read `git diff {DOCUMENT}`"
    );
}
