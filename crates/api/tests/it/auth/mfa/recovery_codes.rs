//! `POST /auth/mfa/recovery-codes`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(a_new_set_of_codes_invalidates_the_older_one, invalid_counts_return_400, codes_require_a_factor);

const PATH: &str = "/auth/mfa/recovery-codes";

/// security.md 19
async fn a_new_set_of_codes_invalidates_the_older_one(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
    let codes = async |count: serde_json::Value| {
        let made = ada.post(PATH, count).await.ok()["recovery_codes"].clone();
        made.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let old = codes(json!({ "count": 3 })).await;
    assert_eq!((old.len(), old[0].len()), (3, 39));
    let new = codes(json!({})).await;
    assert_eq!(new.len(), 10);
    let half = app.pending_sign_in("ada@example.com").await;
    half.answer("recovery_code", &old[0]).await.is_error(400, "not_allowed", "Invalid MFA challenge code");
    half.answer("recovery_code", &new[0]).await.ok();
    let half = app.pending_sign_in("ada@example.com").await;
    half.answer("recovery_code", &new[0]).await.is_error(400, "not_allowed", "Invalid MFA challenge code");
    assert_eq!(app.count("audit_entries WHERE action = 'mfa.recovery_code_used'").await, 1);
    assert_eq!(app.count("audit_entries WHERE action = 'mfa.recovery_codes_generated'").await, 2);
    let events = app.mfa_events().await;
    let identity = half.challenge["auth_identity_id"].clone();
    let told = ("auth.mfa_recovery_codes_generated".to_owned(), json!({ "auth_identity_id": identity, "count": 3 }));
    assert_eq!(events[1], told);
}

async fn invalid_counts_return_400(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
    for (count, reasons) in [
        (json!(0), "Value for field 'count' too small, expected at least: '1'"),
        (json!(51), "Value for field 'count' too big, expected at most: '50'"),
        (json!("3"), "Expected type: 'number' for field 'count', got: '3'"),
        (json!(1.5), "Expected type: 'int' for field 'count', got: '1.5'"),
        (json!(null), "Expected type: 'number' for field 'count', got: 'null'"),
    ] {
        ada.post(PATH, json!({ "count": count })).await.is_invalid(reasons);
    }
    ada.post(PATH, json!({ "nosuch": 1 })).await.is_invalid("Unrecognized fields: 'nosuch'");
    assert_eq!(ada.post_nothing(PATH).await.ok()["recovery_codes"].as_array().unwrap().len(), 10);
}

async fn codes_require_a_factor(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    ada.post(PATH, json!({})).await.is_error(400, "not_allowed", "Recovery codes require an enabled MFA factor");
    assert_eq!(app.mfa_events().await, []);
}
