//! `GET /admin/audit/export`

use serde_json::{Value as Json, json};
use vestibule_audit::NewEntry;
use vestibule_testing::on_both_engines;

use super::{auditor, entries};
use crate::support::TestApp;

on_both_engines!(
    each_entry_is_exported_as_a_line,
    only_matching_entries_are_exported,
    an_export_of_many_pages_is_one_response
);

fn lines(text: &str) -> Vec<Json> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn each_entry_is_exported_as_a_line(app: TestApp) {
    let admin = auditor(&app).await;
    admin.invite("ada@example.com").await;
    let answer = admin.get("/admin/audit/export").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"audit.jsonl\""));
    assert_eq!(lines(answer.text()), entries(&admin, 0).await);
}

async fn only_matching_entries_are_exported(app: TestApp) {
    let admin = auditor(&app).await;
    admin.invite("ada@example.com").await;
    let answer = admin.get("/admin/audit/export?action=invite.created&fields=action,actor_id").await;
    let found = lines(answer.text());
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["action"], &found[0]["actor_id"]), (&json!("invite.created"), &json!(admin.id)));
    assert_eq!(found[0].as_object().unwrap().len(), 3, "with the id");
    assert_eq!(admin.get("/admin/audit/export?action=nosuch").await.text(), "");
}

async fn an_export_of_many_pages_is_one_response(app: TestApp) {
    let admin = auditor(&app).await;
    let mut transaction = app.flows.database().begin().await.unwrap();
    for number in 0..1_234 {
        let target = format!("user_{number}");
        let entry = NewEntry::new("user.locked", ("operator", None), ("user", &target));
        app.flows.audit().record_within(&mut transaction, entry).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let answer = admin.get("/admin/audit/export?action=user.locked").await;
    let targets: Vec<String> =
        lines(answer.text()).iter().map(|entry| entry["target_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(targets, (0..1_234).map(|number| format!("user_{number}")).collect::<Vec<_>>());
}
