//! Writing an entry.

use serde_json::json;
use vestibule_audit::NewEntry;
use vestibule_core::Filter;
use vestibule_testing::on_both_engines;

use crate::support::Log;

on_both_engines!(
    an_entry_holds_what_it_was_given,
    an_entry_goes_with_the_transaction_in_which_it_was_written,
    what_programs_call_themselves_is_cut_and_cleaned,
);

fn locked<'a>() -> NewEntry<'a> {
    NewEntry::new("user.locked", ("user", Some("user_1")), ("user", "user_2"))
}

async fn an_entry_holds_what_it_was_given(log: Log) {
    let entry = NewEntry {
        address: Some("::ffff:192.0.2.7".parse().unwrap()),
        user_agent: Some("Browser/1.0"),
        request_id: Some("req_1"),
        before: Some(json!({ "roles": ["role_a"], "name": "Ädä \"x\"" })),
        after: Some(json!(["a", 1, null, { "b": true }])),
        ..locked()
    };
    log.record(entry).await.unwrap();
    log.record(NewEntry::new("user.created", ("operator", None), ("user", "user_3"))).await.unwrap();

    let entries = log.entries(Filter::everything()).await;
    let mut found = serde_json::to_value(&entries).unwrap();
    for entry in found.as_array_mut().unwrap() {
        let id = entry.as_object_mut().unwrap().remove("id").unwrap();
        assert!(id.as_str().unwrap().starts_with("audit_"), "{id}");
    }
    assert_eq!(
        found,
        json!([
            {
                "action": "user.locked",
                "actor_type": "user",
                "actor_id": "user_1",
                "target_type": "user",
                "target_id": "user_2",
                "address": "192.0.2.7",
                "user_agent": "Browser/1.0",
                "request_id": "req_1",
                "before": { "roles": ["role_a"], "name": "Ädä \"x\"" },
                "after": ["a", 1, null, { "b": true }],
                "created_at": "2026-11-22T09:30:00.000Z",
            },
            {
                "action": "user.created",
                "actor_type": "operator",
                "actor_id": null,
                "target_type": "user",
                "target_id": "user_3",
                "address": null,
                "user_agent": null,
                "request_id": null,
                "before": null,
                "after": null,
                "created_at": "2026-11-22T09:30:00.000Z",
            },
        ])
    );
}

async fn an_entry_goes_with_the_transaction_in_which_it_was_written(log: Log) {
    let mut transaction = log.database.begin().await.unwrap();
    log.service.record_within(&mut transaction, locked()).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(log.entries(Filter::everything()).await, []);

    let mut transaction = log.database.begin().await.unwrap();
    let id = log.service.record_within(&mut transaction, locked()).await.unwrap();
    transaction.commit().await.unwrap();
    let ids: Vec<_> = log.entries(Filter::everything()).await.into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [id]);
}

async fn what_programs_call_themselves_is_cut_and_cleaned(log: Log) {
    let long = format!("a\0b\r\n{}", "ü".repeat(300));
    log.record(NewEntry { user_agent: Some(&long), ..locked() }).await.unwrap();
    let entries = log.entries(Filter::everything()).await;
    let stored = entries.first().and_then(|entry| entry.user_agent.clone()).unwrap();
    assert_eq!(stored, format!("ab{}", "ü".repeat(254)));
}
