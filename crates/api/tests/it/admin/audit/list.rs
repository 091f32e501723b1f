//! `GET /admin/audit` and `GET /admin/audit/{id}`

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use super::{auditor, entries, short};
use crate::support::{TestApp, User};

on_both_engines!(entries_are_filtered, pages_and_order, an_entry_is_retrieved_by_its_id, invalid_queries_return_400);

/// The entries that a query finds, in short form.
async fn found(admin: &User, query: &str) -> Vec<String> {
    let answer = admin.get(&format!("/admin/audit?order=id&{query}")).await.ok();
    let found = answer["audit_entries"].as_array().unwrap().iter().map(short).collect::<Vec<_>>();
    assert_eq!(answer["count"], json!(found.len()));
    found
}

async fn entries_are_filtered(app: TestApp) {
    let admin = auditor(&app).await;
    let ada = app.user("ada@example.com").await;
    let invite = admin.invite("bob@example.com").await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let later = app.clock_text();
    admin.delete(&format!("/admin/invites/{}", invite.id)).await.ok();

    let (invited, revoked) = ("invite.created user>invite".to_owned(), "invite.revoked user>invite".to_owned());
    let created = "user.created operator>user".to_owned();
    let started = "session.started user>session".to_owned();
    let id = &invite.id;
    for (query, expected) in [
        (format!("target_id={id}"), vec![&invited, &revoked]),
        (format!("actor_id={}", ada.id), vec![&started]),
        (format!("actor_id={}&target_type=invite", admin.id), vec![&invited, &revoked]),
        ("actor_type=operator".into(), vec![&created, &created]),
        ("actor_id=null".into(), vec![&created, &created]),
        ("action=invite.revoked".into(), vec![&revoked]),
        ("action[]=invite.revoked&action[]=invite.created".into(), vec![&invited, &revoked]),
        ("action[$like]=invite.%25".into(), vec![&invited, &revoked]),
        ("address=192.0.2.1".into(), vec![&invited, &revoked]),
        (format!("created_at[$gte]={later}"), vec![&revoked]),
        (format!("created_at[$lt]={later}&target_type=invite"), vec![&invited]),
        ("$or[0][action]=invite.revoked&$or[1][actor_type]=operator".into(), vec![&created, &created, &revoked]),
        ("action=nosuch".into(), vec![]),
    ] {
        assert_eq!(found(&admin, &query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

async fn pages_and_order(app: TestApp) {
    let admin = auditor(&app).await;
    for number in 0..4 {
        admin.invite(&format!("u{number}@example.com")).await;
    }
    let all = entries(&admin, 0).await;
    let ids = |answer: &Json| -> Vec<Json> {
        answer["audit_entries"].as_array().unwrap().iter().map(|entry| entry["id"].clone()).collect()
    };
    let newest = admin.get("/admin/audit?limit=2&offset=1").await.ok();
    let expected: Vec<Json> = all.iter().rev().skip(1).take(2).map(|entry| entry["id"].clone()).collect();
    assert_eq!(ids(&newest), expected, "newest first");
    assert_eq!((&newest["count"], &newest["limit"], &newest["offset"]), (&json!(all.len()), &json!(2), &json!(1)));
    let few = admin.get("/admin/audit?fields=action&limit=1").await.ok();
    assert_eq!(few["audit_entries"], json!([{ "id": all.last().unwrap()["id"], "action": "invite.created" }]));
}

async fn an_entry_is_retrieved_by_its_id(app: TestApp) {
    let admin = auditor(&app).await;
    for entry in entries(&admin, 0).await {
        let path = format!("/admin/audit/{}", entry["id"].as_str().unwrap());
        admin.get(&path).await.is(200, &json!({ "audit_entry": entry }));
    }
    for id in ["audit_01JDMX5R4Z9WQ0H3T2B7K8N6VC", "nosuch", "%00"] {
        let answer = admin.get(&format!("/admin/audit/{id}")).await;
        assert_eq!((answer.status, &answer.json()["type"]), (404, &json!("not_found")), "{id}");
    }
}

async fn invalid_queries_return_400(app: TestApp) {
    let admin = auditor(&app).await;
    admin.get("/admin/audit?nosuch=1").await.is_invalid("Unrecognized fields: 'nosuch'");
    admin.get("/admin/audit?q=x").await.is_invalid("Unrecognized fields: 'q'");
    admin.get("/admin/audit?before=x").await.is_invalid("Unrecognized fields: 'before'");
    admin.get("/admin/audit/export?limit=1").await.is_invalid("Unrecognized fields: 'limit'");
    assert_eq!(admin.get("/admin/audit?created_at[$gt]=yesterday").await.status, 400);
}
