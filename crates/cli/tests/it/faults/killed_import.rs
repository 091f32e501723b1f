//! kill -9 in the middle of an import, ten times: it continues, and the result is that of an import that was not interrupted.

use std::fmt::Write as _;

use vestibule::core::Random;
use vestibule::database::Database;
use vestibule_testing::{SeededRandom, on_both_engines};

use super::killed::settle;
use crate::support::rows::{number, texts};
use crate::support::{Place, until};

on_both_engines!(an_import_that_is_killed_ten_times_has_the_same_result);

const KILLS: i64 = 10;
/// Twelve batches of two thousand.
const ROWS: usize = 24_000;

/// bcrypt of no one's password.
const HASH: &str = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

/// Users with passwords and roles, of whom some cannot be imported.
fn people() -> String {
    let mut table = "id,email,first_name,password_hash,roles,created_at\n".to_owned();
    for row in 0..ROWS {
        let (role, day) = (["", "role_super_admin"][row % 2], row % 28 + 1);
        match row % 1_000 {
            7 => writeln!(table, "{row},no address,,,,"),
            _ => writeln!(table, "{row},p{row}@example.com,Person {row},{HASH},{role},2026-01-{day:02}"),
        }
        .unwrap();
    }
    table
}

const COMMAND: [&str; 4] = ["import", "people.csv", "--from", "csv"];

/// How many batches were committed.
const BATCHES: &str = "SELECT coalesce(max(number), 0) AS value FROM transfer_batches";

async fn an_import_that_is_killed_ten_times_has_the_same_result(place: Place) {
    place.ok("migrate").await;
    place.write("people.csv", &people());
    let whole = Place::sqlite();
    whole.ok("migrate").await;
    whole.write("people.csv", &people());
    let expected = whole.run_with(&[&COMMAND[..], &["--json"]].concat(), None).await.json()["counts"].clone();

    let (database, random) = (place.open().await, SeededRandom::new(46));
    for kill in 1..=KILLS {
        let mut child = place.command(COMMAND).spawn().unwrap();
        // The first start creates the tables.
        let begun = "the tables of imports are there";
        until(begun, async || database.query_scalar::<i64>(BATCHES, &[]).await.ok()).await;
        until("the batch before is committed", async || (number(&database, BATCHES, &[]).await >= kill).then_some(()))
            .await;
        // Somewhere in a later batch.
        let mut looks = [0];
        random.fill(&mut looks);
        for _ in 0..looks[0] % 64 {
            number(&database, BATCHES, &[]).await;
        }
        child.kill().await.unwrap();
        settle(&database).await;
    }
    let before = number(&database, BATCHES, &[]).await;
    let done = place.run_with(&[&COMMAND[..], &["--json"]].concat(), None).await.json();
    println!("{before} batches when it was killed last");
    assert_eq!(done["counts"], expected);
    assert_eq!(number(&database, "SELECT count(*) AS value FROM transfer_imports", &[]).await, 1);
    assert!(before < 12, "it was at its end before it was killed for the last time");
    assert!(content(&database).await == content(&whole.open().await).await, "the rows differ");
    for place in [&place, &whole] {
        let findings = place.run("doctor --json").await.seen();
        assert!(findings.contains("\"findings\"") && !findings.contains("count_wrong"), "{findings}");
    }
}

/// What an import writes, without the ids that are random.
async fn content(database: &Database) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for text in [
        "SELECT id || ' ' || email || ' ' || first_name AS value FROM users ORDER BY id",
        "SELECT a.auth_identity_id || ' ' || a.actor_id || ' ' || p.entity_id AS value
         FROM auth_identity_actors a JOIN provider_identities p ON p.auth_identity_id = a.auth_identity_id ORDER BY 1",
        "SELECT subject_id || ' ' || role_id AS value FROM rbac_assignments ORDER BY 1",
    ] {
        rows.push(texts(database, text, &[]).await);
    }
    rows
}
