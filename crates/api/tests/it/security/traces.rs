//! Failed sign-ins and refused requests are recorded (OWASP ASVS 16.3.1 and 16.3.2), and no flood makes the log grow.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{Client, Log, PASSWORD, TestApp, WRONG_CODE};

on_both_engines!(
    failed_sign_ins_are_audited_and_logged_with_account_address_and_reason,
    an_unknown_account_is_recorded_without_what_was_typed,
    wrong_codes_and_locked_accounts_have_different_reasons,
    failed_proofs_in_a_session_are_recorded,
    a_flood_over_many_accounts_and_addresses_writes_a_bounded_number_of_entries,
    a_refused_deletion_is_audited_and_logged,
    required_steps_are_not_recorded_as_refusals,
);

const ADA: &str = "ada@example.com";

fn at(app: &TestApp, address: &str) -> Client {
    Client::clone(&app.anonymous()).at_address(address)
}

/// Reason, count and target of the entries of an action, in their order.
async fn recorded(app: &TestApp, action: &str) -> Vec<Json> {
    let entries = app.audited(action).await;
    let mut recorded: Vec<Json> = entries
        .iter()
        .map(|entry| json!([entry["id"], entry["after"]["reason"], entry["after"]["count"], entry["target_id"]]))
        .collect();
    recorded.sort_by_key(|entry| entry[0].to_string());
    recorded.iter().map(|entry| json!([entry[1], entry[2], entry[3]])).collect()
}

/// The lines that are logged while `work` runs, of this target.
async fn logged(target: &str, work: impl Future<Output = ()>) -> Vec<String> {
    let log = Log::default();
    let guard = log.keep(tracing::level_filters::LevelFilter::INFO);
    work.await;
    drop(guard);
    log.text().lines().filter(|line| line.contains(target)).map(str::to_owned).collect()
}

/// security.md 11 and 31
async fn failed_sign_ins_are_audited_and_logged_with_account_address_and_reason(app: TestApp) {
    let ada = app.user(ADA).await;
    let attacker = at(&app, "203.0.113.9");
    let lines = logged("vestibule::sign_in", async {
        for number in 0..12 {
            attacker.sign_in(ADA, &format!("Wrong-lantern-{number}")).await;
        }
    })
    .await;
    let expected =
        [json!(["wrong_password", 1, ada.id]), json!(["wrong_password", 10, ada.id]), json!(["blocked", 1, ada.id])];
    assert_eq!(recorded(&app, "sign_in.failed").await, expected);
    for entry in app.audited("sign_in.failed").await {
        assert_eq!((&entry["address"], &entry["target_type"]), (&json!("203.0.113.9"), &json!("user")));
        assert_eq!((&entry["actor_type"], &entry["actor_id"]), (&json!("nobody"), &Json::Null));
    }
    assert_eq!(lines.len(), 12, "{lines:?}");
    let wrong =
        format!(" vestibule::sign_in: sign-in failed client=203.0.113.9 reason=\"wrong_password\" account={}", ada.id);
    let blocked = wrong.replace("wrong_password", "blocked");
    assert!(lines[..10].iter().all(|line| line.contains(&wrong)), "{lines:?}");
    assert!(lines[10..].iter().all(|line| line.contains(&blocked)), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains("lantern")), "{lines:?}");
}

/// security.md 31: it may be a password in the wrong field.
async fn an_unknown_account_is_recorded_without_what_was_typed(app: TestApp) {
    let lines = logged("vestibule::sign_in", async {
        for typed in ["nobody@example.com", "Lantern-trombone-43", "nobody@example.com"] {
            assert_eq!(app.anonymous().sign_in(typed, PASSWORD).await.status, 401);
        }
    })
    .await;
    let recorded = recorded(&app, "sign_in.failed").await;
    assert_eq!(recorded.len(), 2, "{recorded:?}");
    let names: Vec<&str> = recorded.iter().map(|entry| entry[2].as_str().unwrap()).collect();
    assert!(names.iter().all(|name| name.starts_with("unknown:") && name.len() == 16), "{names:?}");
    assert_ne!(names[0], names[1]);
    assert!(recorded.iter().all(|entry| entry[0] == "unknown_account"), "{recorded:?}");
    assert_eq!(lines.len(), 3);
    let text = format!("{lines:?} {:?}", app.audited("sign_in.failed").await);
    assert!(!text.contains("nobody@example.com") && !text.contains("antern"), "{text}");
    assert!(lines[0].contains(names[0]) && lines[2].contains(names[0]), "one attacker's attempts are counted together");
}

async fn wrong_codes_and_locked_accounts_have_different_reasons(app: TestApp) {
    app.admin().await;
    let ada = app.user(ADA).await;
    app.enrol(&ada).await;
    app.pending_sign_in(ADA).await.answer("totp", WRONG_CODE).await;
    assert_eq!(recorded(&app, "sign_in.failed").await, [json!(["wrong_code", 1, ada.id])]);
    let id: UserId = ada.id.parse().unwrap();
    app.flows.users().lock_users(id).await.unwrap();
    assert_eq!(app.anonymous().sign_in(ADA, PASSWORD).await.status, 401);
    assert_eq!(recorded(&app, "sign_in.failed").await[1], json!(["locked", 1, ada.id]));
}

async fn failed_proofs_in_a_session_are_recorded(app: TestApp) {
    let ada = app.user(ADA).await;
    let body = json!({ "current_password": "Wrong-lantern-1", "new_password": "Brand-new-quarry-19" });
    let lines = logged("vestibule::sign_in", async {
        assert_eq!(ada.post("/auth/password", body.clone()).await.status, 400);
        assert_eq!(ada.post("/auth/password", body).await.status, 400);
    })
    .await;
    assert_eq!(recorded(&app, "proof.failed").await, [json!(["wrong_password", 1, ada.id])]);
    assert_eq!(app.audited("proof.failed").await[0]["actor_id"], json!(ada.id));
    assert_eq!(lines.iter().filter(|line| line.contains("proof failed client=")).count(), 2, "{lines:?}");
}

async fn a_flood_over_many_accounts_and_addresses_writes_a_bounded_number_of_entries(app: TestApp) {
    let lines = logged("vestibule::sign_in", async {
        for number in 0..200 {
            let attacker = at(&app, &format!("198.51.100.{number}"));
            attacker.sign_in(&format!("person{number}@example.com"), PASSWORD).await;
        }
        for _ in 0..60 {
            at(&app, "203.0.113.9").sign_in("other@example.com", PASSWORD).await;
        }
    })
    .await;
    assert_eq!(app.count("audit_entries WHERE action = 'sign_in.failed'").await, 60);
    assert_eq!(lines.len(), 200 + 30);
    app.clock.advance(Duration::from_secs(60));
    app.anonymous().sign_in("later@example.com", PASSWORD).await;
    let others: Vec<Json> =
        recorded(&app, "sign_in.failed").await.into_iter().filter(|entry| entry[2] == "others").collect();
    // For the last account the first, the tenth, and the first and tenth blocked attempts.
    assert_eq!(others, [json!([null, 140 + 4, "others"])]);
}

async fn a_refused_deletion_is_audited_and_logged(app: TestApp) {
    let ada = app.user(ADA).await;
    let reader = app.limited("reader@example.com", &["user:read"]).await;
    let path = format!("/admin/users/{}", ada.id);
    let lines = logged("vestibule::access", async {
        for _ in 0..12 {
            assert_eq!(reader.delete(&path).await.status, 403);
        }
    })
    .await;
    let entries = app.audited("request.refused").await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    for entry in entries {
        assert_eq!(entry["target_id"], "DELETE /admin/users/{id}");
        assert_eq!((&entry["actor_type"], &entry["after"]["path"]), (&json!("user"), &json!(path)));
    }
    assert_eq!(lines.len(), 12);
    assert!(lines[0].contains("request refused client=unknown actor=\"user_"), "{lines:?}");
    assert!(lines[0].contains("route=\"/admin/users/{id}\""), "{lines:?}");
    // Nor may a caller grant what they lack.
    let helper = app.limited("helper@example.com", &["user:create"]).await;
    let body = json!({ "email": "eve@example.com", "roles": ["role_super_admin"] });
    assert_eq!(helper.post("/admin/users", body).await.status, 403);
    let refused = app.audited("request.refused").await;
    let codes: Vec<&Json> = refused.iter().map(|entry| &entry["after"]["code"]).collect();
    assert!(codes.contains(&&json!("policies_missing")), "{codes:?}");
    assert_eq!(
        ada.delete("/admin/users/user_nosuch").await.status,
        200,
        "an accepted request is not recorded as a refusal"
    );
    assert_eq!(app.audited("request.refused").await.len(), 3);
}

async fn required_steps_are_not_recorded_as_refusals(app: TestApp) {
    let ada = app.user(ADA).await;
    app.clock.advance(Duration::from_secs(11 * 60));
    assert_eq!(ada.post("/auth/mfa/factors", json!({ "provider": "totp" })).await.status, 403);
    assert_eq!(app.audited("request.refused").await.len(), 0);
}
