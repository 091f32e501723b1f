//! Imports as a whole (security.md 46: audited, and undone).

use vestibule_core::{Direction, Filter, FindConfig};
use vestibule_testing::on_both_engines;
use vestibule_transfer::{ImportOptions, OnConflict, UndoError};
use vestibule_user::UserField;

use crate::support::Site;

on_both_engines!(
    a_dry_run_changes_nothing_and_counts_the_same,
    importing_twice_is_importing_once,
    an_interrupted_import_continues_to_the_same_result,
    an_interrupted_import_continues_behind_rows_that_were_there,
    users_who_are_there_stay_are_updated_or_stop_the_import,
    an_import_is_undone_until_someone_signs_in,
    one_bad_row_stops_no_other,
);

const PEOPLE: &str = "email,first_name,hash\nada@example.com,Ada,{SHA}fCIvspJ9goryL1khNOiTJIBjfA0=\nbob@example.com,Bob,\nno address,,\n";

async fn a_dry_run_changes_nothing_and_counts_the_same(site: Site) {
    let (source, nothing) = (site.csv(PEOPLE), site.rows().await);
    let mut options = ImportOptions::default();
    options.dry_run = true;
    let dry = site.try_import(&source, options).await.unwrap();
    assert_eq!((site.rows().await, &dry.import_id), (nothing, &None));
    let done = site.import(&source).await;
    assert_eq!(dry.counts().collect::<Vec<_>>(), done.counts().collect::<Vec<_>>());
    assert_eq!((done.count("user", "created"), dry.addresses.len()), (3, 1));
}

async fn importing_twice_is_importing_once(site: Site) {
    let source = site.csv(PEOPLE);
    site.import(&source).await;
    let once = site.rows().await;
    let again = site.import(&source).await;
    assert_eq!((again.count("user", "created"), again.count("user", "exists")), (0, 3));
    assert_eq!(site.rows().await, once);
    assert_eq!(site.importer(ImportOptions::default()).list().await.unwrap().len(), 2);
}

fn many(rows: usize) -> String {
    let mut table = "id,email,first_name,last_name,created_at\n".to_owned();
    for row in 0..rows {
        table.push_str(&format!("{row},person{row}@example.com,Person,{row},2026-01-01\n"));
    }
    table
}

async fn an_interrupted_import_continues_to_the_same_result(site: Site) {
    let source = site.csv(many(9_000));
    // Where nothing more is written before it is stopped again, too.
    for stop_at in [2_000, 4_000, 4_000, 8_000] {
        site.stop_import(&source, stop_at).await;
    }
    let done = site.import(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "exists")), (9_000, 0));
    let runs = site.importer(ImportOptions::default()).list().await.unwrap();
    assert_eq!((runs.len(), runs[0].state.as_str()), (1, "finished"));
    assert_eq!(site.rows().await[0], 9_000);
    // As an import has it that was not interrupted: ids depend on the row alone.
    let find = FindConfig::default().page(0, 9_000).order_by(UserField::Id, Direction::Ascending);
    let users = site.flows.users().list_users(&Filter::All(Vec::new()), &find).await.unwrap();
    site.importer(ImportOptions::default()).undo(runs[0].id).await.unwrap();
    assert_eq!(site.rows().await[0], 0);
    site.import(&source).await;
    assert_eq!(site.flows.users().list_users(&Filter::All(Vec::new()), &find).await.unwrap(), users);
}

/// A batch in which everything is there already changes nothing, and is no batch to undo.
async fn an_interrupted_import_continues_behind_rows_that_were_there(site: Site) {
    site.import(&site.csv(many(2_000))).await;
    let source = site.csv(many(5_000));
    site.stop_import(&source, 4_000).await;
    let done = site.import(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "exists")), (3_000, 2_000), "{done:?}");
    assert_eq!(site.rows().await[0], 5_000);
    site.importer(ImportOptions::default()).undo(done.import_id.unwrap().parse().unwrap()).await.unwrap();
    assert_eq!(site.rows().await[0], 2_000);
}

async fn users_who_are_there_stay_are_updated_or_stop_the_import(site: Site) {
    site.import(&site.csv(PEOPLE)).await;
    let before = site.rows().await;
    let other = site.csv(
        "id,email,first_name,last_name,hash\n1,ADA@example.com,Augusta,King,{SHA}8JQMpcoL/zH9Wmg/+oqqFoaJVFM=\n2,eve@example.com,Eve,,\n",
    );
    let with = |on_conflict| {
        let mut options = ImportOptions::default();
        options.on_conflict = on_conflict;
        options
    };
    let refused = site.try_import(&other, with(OnConflict::Fail)).await.unwrap_err();
    assert!(refused.to_string().contains("1 rows are in conflict"), "{refused}");
    assert_eq!(site.rows().await, before);

    let updated = site.try_import(&other, with(OnConflict::Update)).await.unwrap();
    assert_eq!((updated.count("user", "updated"), updated.count("user", "created")), (1, 1));
    let ada = site.user("ada@example.com").await.unwrap();
    assert_eq!((ada.first_name.as_deref(), ada.last_name.as_deref()), (Some("Augusta"), Some("King")));
    assert_eq!(site.hash("ada@example.com").await, "{SHA}fCIvspJ9goryL1khNOiTJIBjfA0=", "a password is never replaced");

    let id = updated.import_id.unwrap().parse().unwrap();
    site.importer(ImportOptions::default()).undo(id).await.unwrap();
    let ada = site.user("ada@example.com").await.unwrap();
    assert_eq!((ada.first_name.as_deref(), ada.last_name), (Some("Ada"), None));
    assert_eq!(site.rows().await, before);
}

async fn an_import_is_undone_until_someone_signs_in(site: Site) {
    let nothing = site.rows().await;
    let importer = site.importer(ImportOptions::default());
    let source = site.csv(PEOPLE);
    let first = site.import(&source).await.import_id.unwrap().parse().unwrap();
    assert_eq!(importer.undo(first).await.unwrap(), 4, "three users and a password");
    assert_eq!(site.rows().await, nothing);
    assert!(matches!(importer.undo(first).await, Err(UndoError::Undone)));

    let second = site.import(&source).await.import_id.unwrap().parse().unwrap();
    // SHA-1 of "test".
    let source = site.csv("email,hash\ntest@example.com,{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n");
    let third = site.import(&source).await.import_id.unwrap().parse().unwrap();
    assert!(site.signs_in("test@example.com", "test").await);
    assert!(matches!(importer.undo(third).await, Err(UndoError::Used(_))));
    assert!(site.user("test@example.com").await.is_some());
    importer.undo(second).await.unwrap();
    assert!(site.user("ada@example.com").await.is_none());
}

async fn one_bad_row_stops_no_other(site: Site) {
    let table = format!(
        "email,first_name,phone,avatar_url\nada@example.com,{},12,ftp://x\n,No address,,\neve@example.com,Eve,,\neve@example.com,Eve,,\n",
        "A".repeat(1_000)
    );
    let done = site.import(&site.csv(table)).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (2, 2), "{done:?}");
    let ada = site.user("ada@example.com").await.unwrap();
    assert_eq!((ada.first_name.unwrap().len(), ada.phone, ada.avatar_url), (255, None, None));
}
