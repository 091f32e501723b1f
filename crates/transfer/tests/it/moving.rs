//! Exports, read back on either engine.

use vestibule_testing::{SetUp, TestDatabase, on_both_engines};
use vestibule_transfer::{ExportFormat, ImportOptions, Kind, SourceOptions, export};

use crate::support::{Site, fixture};

on_both_engines!(
    an_export_is_read_back_into_the_other_engine_and_again,
    an_export_without_hashes_signs_no_one_in,
    an_export_for_spreadsheets_is_refused_with_what_to_do,
    an_export_that_is_cut_changes_nothing,
);

async fn exported(site: &Site, with_hashes: bool) -> Vec<u8> {
    let mut out = Vec::new();
    export(&site.flows, ExportFormat::Jsonl, with_hashes, &mut out).await.unwrap();
    out
}

/// The lines of an export, without the audit log, in which an import leaves an entry, and without the sums.
fn rows(export: &[u8]) -> Vec<serde_json::Value> {
    let lines = std::str::from_utf8(export).unwrap().lines();
    let lines = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|line| line["kind"] != "audit" && line["kind"] != "end").collect()
}

async fn filled(site: &Site) {
    let table = std::fs::read_to_string(fixture("hashes.csv")).unwrap();
    let mut source = site.csv(table);
    source.map = Default::default();
    let mut options = ImportOptions::default();
    options.roles = vec!["role_super_admin".parse().unwrap()];
    site.try_import(&source, options).await.unwrap();
}

async fn an_export_is_read_back_into_the_other_engine_and_again(site: Site) {
    filled(&site).await;
    let first = exported(&site, true).await;
    let elsewhere = match std::env::var_os("VESTIBULE_TEST_POSTGRES") {
        Some(_) if site.is_sqlite() => TestDatabase::postgres_with(Site::TABLES).await,
        _ => TestDatabase::sqlite(),
    };
    let other = Site::elsewhere(elsewhere).await;
    let source = SourceOptions::new(Kind::Vestibule, other.file("first.jsonl", &first));
    let summary = other.import(&source).await;
    assert_eq!((summary.count("user", "created"), summary.count("assignment", "created")), (23, 23));
    assert!(
        summary.comparison.as_ref().is_some_and(|text| text.contains("agree")) && summary.addresses.is_empty(),
        "{summary:?}"
    );
    let second = exported(&other, true).await;
    assert_eq!(rows(&second), rows(&first));
    assert!(other.signs_in("person1@example.com", "Quarry-lantern-1815").await);

    let third = Site::elsewhere(TestDatabase::sqlite()).await;
    third.import(&SourceOptions::new(Kind::Vestibule, third.file("second.jsonl", &second))).await;
    assert_eq!(rows(&exported(&third, true).await), rows(&first));
    let again = other.import(&source).await;
    assert_eq!((again.count("user", "created"), again.count("user", "exists")), (0, 23));
}

async fn an_export_without_hashes_signs_no_one_in(site: Site) {
    filled(&site).await;
    let open = exported(&site, false).await;
    let text = String::from_utf8(open.clone()).unwrap();
    for secret in ["$2b$", "{SSHA}", "$argon2id$", "provider_metadata", "token_hash"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let other = Site::elsewhere(TestDatabase::sqlite()).await;
    other.import(&SourceOptions::new(Kind::Vestibule, other.file("open.jsonl", &open))).await;
    assert!(other.user("person1@example.com").await.is_some());
    assert!(!other.signs_in("person1@example.com", "Quarry-lantern-1815").await);

    let mut table = Vec::new();
    export(&site.flows, ExportFormat::Csv, false, &mut table).await.unwrap();
    let mut rows = csv::Reader::from_reader(table.as_slice());
    assert!(rows.records().all(|row| row.is_ok()));
}

/// What is for spreadsheets has texts that are not as they were.
async fn an_export_for_spreadsheets_is_refused_with_what_to_do(site: Site) {
    filled(&site).await;
    let mut table = Vec::new();
    export(&site.flows, ExportFormat::Csv, true, &mut table).await.unwrap();
    let before = site.rows().await;
    let source = SourceOptions::new(Kind::Vestibule, site.file("export.csv", &table));
    let refused = site.try_import(&source, ImportOptions::default()).await.unwrap_err();
    assert!(refused.is_usage() && refused.to_string().contains("--format jsonl --with-hashes"), "{refused}");
    assert_eq!(site.rows().await, before);
}

async fn an_export_that_is_cut_changes_nothing(site: Site) {
    filled(&site).await;
    let whole = exported(&site, true).await;
    let other = Site::elsewhere(TestDatabase::sqlite()).await;
    let before = other.rows().await;
    for (content, expected) in [
        (&whole[..whole.len() / 2], "line "),
        (&whole[..whole.len() - 2], "line "),
        (b"", "line 1, column 1: the file is empty"),
        (b"{\"kind\": \"user\"}\n", "line 1, column 1: this is no export of Vestibule"),
        (b"{\"kind\": \"vestibule\", \"version\": 9}\n", "newer version"),
        (
            b"{\"kind\": \"vestibule\", \"version\": 1}\n{\"kind\": \"cat\", \"row\": {}}\n",
            "line 2, column 1: there is no kind",
        ),
    ] {
        let source = SourceOptions::new(Kind::Vestibule, other.file("cut.jsonl", content));
        let refused = other.try_import(&source, ImportOptions::default()).await.unwrap_err();
        assert!(refused.is_usage() && refused.to_string().contains(expected), "{expected}: {refused}");
        assert_eq!(other.rows().await, before);
    }
}
