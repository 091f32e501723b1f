//! Which code names which table: `docs/tables.md`, written again with UPDATE_SNAPSHOTS=1.
//!
//! A module owns the tables that its migrations create, and no other crate writes to them. Tables are found behind the
//! words of SQL in capitals, so a statement must not be put together from smaller pieces than `FROM users`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use vestibule_testing::sources;
use vestibule_testing::sources::crates;

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tables.md");

/// A table in a file of a crate's sources.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    table: String,
    is_written: bool,
    file: String,
}

impl Use {
    fn crate_name(&self) -> &str {
        self.file.split('/').next().unwrap()
    }
}

/// The words of SQL or Rust, in order.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Each table, and the crate whose migrations create it.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for folder in std::fs::read_dir(crates()).unwrap().map(|entry| entry.unwrap().path()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for step in std::fs::read_dir(folder.join("migrations")).into_iter().flatten() {
            let text = std::fs::read_to_string(step.unwrap().path()).unwrap();
            let words: Vec<&str> = words(&text).collect();
            for created in words.windows(3).filter(|words| words[..2] == ["CREATE", "TABLE"]) {
                owners.insert(created[2].to_owned(), name.clone());
            }
        }
    }
    // A step copies challenges into this one, and then gives it the old name.
    owners.remove("auth_mfa_challenges_again");
    assert!(owners.len() > 30, "the migrations are not where they were");
    owners
}

fn uses(owners: &BTreeMap<String, String>) -> BTreeSet<Use> {
    let mut found = BTreeSet::new();
    for (file, code) in sources().into_iter().filter(|(file, _)| !file.starts_with("testing/")) {
        let code = code.split("#[cfg(test)]").next().unwrap();
        let words: Vec<&str> = words(code).collect();
        for words in words.windows(3) {
            let (table, is_written) = match words {
                ["INSERT", "INTO", table] | ["DELETE", "FROM", table] | ["UPDATE", table, "SET"] => (table, true),
                [before, "FROM" | "JOIN", table] if *before != "DELETE" => (table, false),
                ["Table", "name", table] => (table, false),
                _ => continue,
            };
            if owners.contains_key(*table) {
                let file = file.replacen("/src/", "/", 1);
                found.insert(Use { table: (*table).to_owned(), is_written, file });
            }
        }
    }
    found
}

#[test]
fn no_crate_writes_to_a_table_of_another() {
    let owners = owners();
    let strangers: Vec<String> = uses(&owners)
        .into_iter()
        .filter(|used| used.is_written && owners[&used.table] != used.crate_name())
        .map(|used| format!("{} writes to {}", used.file, used.table))
        .collect();
    assert_eq!(strangers, Vec::<String>::new(), "write by a method of the module that owns the table");
}

#[test]
fn flows_read_tables_in_their_queries_and_interfaces_read_none() {
    let owners = owners();
    let elsewhere: Vec<String> = uses(&owners)
        .into_iter()
        .filter(|used| owners[&used.table] != used.crate_name())
        .filter(|used| !used.file.starts_with("flows/queries/"))
        // The events to be delivered: the relay joins them with its deliveries.
        .filter(|used| !(used.crate_name() == "notify" && owners[&used.table] == "outbox"))
        .map(|used| format!("{} reads {}", used.file, used.table))
        .collect();
    assert_eq!(elsewhere, Vec::<String>::new(), "read by a method of a module, or in flows/src/queries");
    for query in std::fs::read_dir(crates().join("flows/src/queries")).unwrap() {
        let query = query.unwrap().path();
        let text = std::fs::read_to_string(&query).unwrap();
        assert!(query.ends_with("mod.rs") || text.contains("//! Reason: "), "{} gives no reason", query.display());
    }
}

#[test]
fn the_document_lists_which_code_names_which_table() {
    let owners = owners();
    let uses = uses(&owners);
    let files = |table: &str, wanted: &dyn Fn(&Use) -> bool| {
        let files: BTreeSet<String> = uses
            .iter()
            .filter(|used| used.table == table && wanted(used))
            .map(|used| format!("`{}`", used.file.trim_end_matches(".rs")))
            .collect();
        files.into_iter().collect::<Vec<_>>().join(", ")
    };
    let mut text = String::from(
        "# Tables\n\nWritten by `crates/database/tests/it/tables.rs`, which finds tables behind the words of SQL. A module \
         owns the tables that its\nmigrations create; no other crate writes to them. `flows` reads tables in \
         `flows/src/queries`, `notify` those of the outbox.\n",
    );
    for owner in owners.values().collect::<BTreeSet<_>>() {
        write!(text, "\n## {owner}\n\n| Table | Written in | Read in | Read by other crates in |\n|---|---|---|---|\n")
            .unwrap();
        for (table, _) in owners.iter().filter(|(_, of)| *of == owner) {
            let written = files(table, &|used| used.is_written);
            let is_own = |used: &Use| used.crate_name() == owner;
            let read = files(table, &|used| !used.is_written && is_own(used));
            let elsewhere = files(table, &|used| !used.is_written && !is_own(used));
            writeln!(text, "| `{table}` | {written} | {read} | {elsewhere} |").unwrap();
        }
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(SNAPSHOT, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(SNAPSHOT).unwrap_or_default(), "UPDATE_SNAPSHOTS=1 writes {SNAPSHOT}");
}
