//! `/auth/mfa/factors`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{TestApp, WRONG_CODE};

on_both_engines!(
    a_factor_is_started_verified_and_deleted,
    invalid_bodies_are_refused_in_the_words_of_the_reference,
    unknown_factor_returns_404,
    enabling_a_factor_ends_every_other_session,
    an_abandoned_factor_is_deleted,
);

/// The contract's group `mfa`; security.md 20.
async fn a_factor_is_started_verified_and_deleted(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    ada.get("/auth/mfa/factors?nosuch=1").await.is(200, &json!({ "mfa_factors": [] }));
    let started = ada.post("/auth/mfa/factors", json!({ "provider": "totp", "label": "phone" })).await.ok();
    let (secret, mut factor) = (started["secret"].as_str().unwrap(), started["mfa_factor"].clone());
    assert_eq!((secret.len(), &factor["status"]), (32, &json!("pending")));
    let url = format!("otpauth://totp/Medusa:phone?secret={secret}&issuer=Medusa");
    assert_eq!(started["otpauth_url"], json!(url));
    assert_eq!((&factor["metadata"], &factor["name"]), (&json!({ "label": "phone" }), &json!("phone")));
    ada.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [factor] }));
    ada.post("/auth/mfa/factors", json!({ "provider": "totp" })).await.is_error(
        400,
        "not_allowed",
        "An active TOTP factor already exists for this auth identity",
    );

    let path = format!("/auth/mfa/factors/{}", factor["id"].as_str().unwrap());
    let verify = async |code: &str| ada.post(&format!("{path}/verify"), json!({ "code": code })).await;
    verify(WRONG_CODE).await.is_error(400, "not_allowed", "Invalid TOTP code");
    assert_eq!(app.mfa_events().await, []);
    let code = app.code(secret);
    (factor["status"], factor["last_used_at"]) = (json!("enabled"), json!(app.clock_text()));
    verify(&code).await.is(200, &json!({ "mfa_factor": factor }));
    verify(&code).await.is_error(400, "not_allowed", "Invalid TOTP code");
    let next = app.next_code(secret);
    factor["last_used_at"] = json!(app.clock_text());
    verify(&next).await.is(200, &json!({ "mfa_factor": factor }));

    let disabled = ada.delete(&path).await.ok();
    factor["status"] = json!("disabled");
    factor["updated_at"] = json!(app.clock_text());
    assert_eq!(disabled, json!({ "mfa_factor": factor }));
    ada.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [factor] }));
    let data = json!({ "auth_identity_id": factor["auth_identity_id"], "mfa_id": factor["id"], "provider": "totp" });
    let told = [("auth.mfa_enabled".to_owned(), data.clone()), ("auth.mfa_disabled".to_owned(), data)];
    assert_eq!(app.mfa_events().await, told);
    for action in ["mfa.enabled", "mfa.disabled"] {
        let rows =
            format!("audit_entries WHERE action = '{action}' AND actor_id = '{0}' AND target_id = '{0}'", ada.id);
        assert_eq!(app.count(&rows).await, 1, "{action}");
    }
    let signed_in = app.anonymous().sign_in("ada@example.com", crate::support::PASSWORD).await.ok();
    assert!(signed_in.get("mfa_required").is_none());
}

async fn invalid_bodies_are_refused_in_the_words_of_the_reference(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    for (body, reasons) in [
        (json!({}), "Field 'provider' is required"),
        (json!({ "provider": "totp", "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "provider": 5 }), "Expected type: 'string' for field 'provider', got: '5'"),
        (json!({ "provider": "totp", "label": 5 }), "Expected type: 'string' for field 'label', got: '5'"),
    ] {
        ada.post("/auth/mfa/factors", body).await.is_invalid(reasons);
    }
    ada.post_nothing("/auth/mfa/factors").await.is_invalid("Field 'provider' is required");
    let unknown = ada.post("/auth/mfa/factors", json!({ "provider": "nosuch" })).await;
    unknown.is_error(400, "invalid_data", "There is no MFA provider \"nosuch\"");
    let started = ada
        .post(
            "/auth/mfa/factors",
            json!({ "provider": "totp", "label": null, "issuer": "Acme", "metadata": { "a": 1 } }),
        )
        .await
        .ok();
    let url = started["otpauth_url"].as_str().unwrap();
    let identity = started["mfa_factor"]["auth_identity_id"].as_str().unwrap();
    assert!(url.starts_with(&format!("otpauth://totp/Acme:{identity}?")) && url.ends_with("&issuer=Acme"), "{url}");
    assert_eq!(started["mfa_factor"]["metadata"], json!({ "a": 1 }));
    let path = format!("/auth/mfa/factors/{}", started["mfa_factor"]["id"].as_str().unwrap());
    let verify = format!("{path}/verify");
    for (body, reasons) in [
        (json!({}), "Field 'code' is required"),
        (json!({ "code": "000000", "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "code": 123_456 }), "Expected type: 'string' for field 'code', got: '123456'"),
        (json!({ "code": "" }), "Value for field 'code' too small, expected at least: '1'"),
    ] {
        ada.post(&verify, body).await.is_invalid(reasons);
    }
    for (body, reasons) in [
        (json!({ "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "method": "totp", "code": 1 }), "Expected type: 'string' for field 'code', got: '1'"),
        (json!({ "method": 1 }), "Expected type: 'string' for field 'method', got: '1'"),
        (json!({ "code": "" }), "Value for field 'code' too small, expected at least: '1'"),
    ] {
        ada.delete(&path).json(&body).await.is_invalid(reasons);
    }
    ada.delete(&path).json(&json!({})).await.ok();
}

async fn unknown_factor_returns_404(app: TestApp) {
    let (ada, eve) = (app.user("ada@example.com").await, app.user("eve@example.com").await);
    let factor = app.enrol(&ada).await;
    for (who, id) in [(&ada, "authmfa_nosuch"), (&eve, factor.id.as_str())] {
        let message = format!("MFA factor with id \"{id}\" was not found");
        let path = format!("/auth/mfa/factors/{id}");
        let verified = who.post(&format!("{path}/verify"), json!({ "code": app.next_code(&factor.secret) })).await;
        verified.is_error(404, "not_found", &message);
        who.delete(&path).await.is_error(404, "not_found", &message);
    }
    eve.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [] }));
    let registered = app.registered("bob@example.com").await;
    registered.get("/auth/mfa/factors").await.is(200, &json!({ "mfa_factors": [] }));
    let message = format!("MFA factor with id \"{}\" was not found", factor.id);
    registered.delete(&format!("/auth/mfa/factors/{}", factor.id)).await.is_error(404, "not_found", &message);
}

/// OWASP ASVS 7.4.3; security.md 18
async fn enabling_a_factor_ends_every_other_session(app: TestApp) {
    let (ada, elsewhere) = (app.user("ada@example.com").await, app.user("ada@example.com").await);
    let cookie = app.cookie(&elsewhere.cookie().await);
    let bob = app.user("bob@example.com").await;
    app.enrol(&ada).await;
    elsewhere.get("/admin/users/me").await.is_unauthorized();
    cookie.get("/admin/users/me").await.is_unauthorized();
    for user in [&ada, &bob] {
        user.get("/admin/users/me").await.ok();
    }
}

async fn an_abandoned_factor_is_deleted(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let path = format!("/auth/mfa/factors/{}", factor.id);
    let first = ada.delete(&path).await.ok();
    app.clock.advance(std::time::Duration::from_secs(30));
    ada.delete(&path).await.is(200, &first);
    assert_eq!(app.mfa_events().await.len(), 2, "one event for each change");
    let verified = ada.post(&format!("{path}/verify"), json!({ "code": app.code(&factor.secret) })).await;
    verified.is_error(400, "not_allowed", "Disabled MFA factors cannot be verified");
    app.enrol(&ada).await;
}
