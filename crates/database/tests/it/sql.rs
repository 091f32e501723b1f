//! Lists every place where the engines differ, so that none is added unseen.
//!
//! To add one, say in its comment why one text does not work for both, and add it here.

use std::collections::BTreeSet;

use vestibule_testing::sources;

/// `Sql::per_engine`: two texts side by side, by the name of the constant or variable that holds them.
const TWO_TEXTS: [&str; 18] = [
    "auth/src/identities/claim.rs: LOCK",
    "auth/src/identities/claim.rs: LOCK_ALL",
    "database/src/foreign.rs: COLUMNS",
    "database/src/foreign.rs: TEXT",
    "database/src/indexes.rs: PRESENT",
    "notify/src/relay/lease.rs: EXPLAIN",
    "notify/src/relay/lease.rs: EXPLAIN_WAITING",
    "notify/src/relay/lease.rs: LEASE",
    "notify/src/relay/plan.rs: INSERT",
    "outbox/src/positions.rs: ASSIGN",
    "outbox/src/positions.rs: TAKEN_AT_ONCE",
    "rbac/src/assignments/count.rs: PRESENT",
    "rbac/src/subjects.rs: EXCLUSIVE",
    "rbac/src/subjects.rs: SHARED",
    "user/src/counts.rs: PRESENT",
    "user/src/invites/update.rs: LOCK",
    "user/src/users/retrieve.rs: LOCK",
    "user/src/users/update.rs: LOCK",
];

/// Code that distinguishes the engines, apart from the two drivers.
const ASKS_FOR_THE_ENGINE: [&str; 12] = [
    "database/src/batches.rs",
    "database/src/database.rs",
    "database/src/dump.rs",
    "database/src/foreign.rs",
    "database/src/indexes.rs",
    "database/src/list.rs",
    "database/src/list/conditions.rs",
    "database/src/list/explain.rs",
    "database/src/migrations.rs",
    "database/src/search/plan.rs",
    "database/src/search/sequences.rs",
    "transfer/src/source/tables.rs",
];

/// The name of the definition at `at`: `const NAME: Sql = …` or `let name = …`.
fn name_before(code: &str, at: usize) -> &str {
    let statement = code[..at].rfind([';', '{', '}']).map_or(0, |end| end + 1);
    let mut words =
        code[statement..at].split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.find(|word| ["const", "static", "let"].contains(word));
    words.next().unwrap_or("without a name")
}

#[test]
fn every_pair_of_texts_is_listed() {
    let mut found = BTreeSet::new();
    for (path, code) in sources() {
        for (at, _) in code.match_indices("Sql::per_engine(") {
            found.insert(format!("{path}: {}", name_before(&code, at).trim_start_matches("crate")));
        }
    }
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), TWO_TEXTS);
}

#[test]
fn nothing_else_asks_for_the_engine() {
    let drivers = [
        "database/src/sqlite/",
        "database/src/postgres/",
        "database/src/transaction.rs",
        "database/src/sql.rs",
        "testing/",
    ];
    let mut found: Vec<String> = sources()
        .into_iter()
        .filter(|(path, code)| {
            !drivers.iter().any(|driver| path.starts_with(driver))
                && (code.contains("Engine::Sqlite") || code.contains("Engine::Postgres"))
        })
        .map(|(path, _)| path)
        .collect();
    found.sort();
    assert_eq!(found, ASKS_FOR_THE_ENGINE);
}
