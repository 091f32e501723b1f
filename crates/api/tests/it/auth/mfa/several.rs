//! Several second factors of one user, with names.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Factor, TestApp, User};

on_both_engines!(
    two_authenticators_of_one_user_answer_each_for_themselves,
    a_factor_is_renamed,
    names_that_are_no_names_are_refused,
    a_registration_has_several_factors_and_renames_them,
);

impl TestApp {
    async fn enrol_named(&self, ada: &User, name: &str) -> Factor {
        let started = ada.post("/auth/mfa/factors", json!({ "provider": "totp", "name": name })).await.ok();
        assert_eq!(started["mfa_factor"]["name"], name);
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let factor = Factor { id: text(&started["mfa_factor"]["id"]), secret: text(&started["secret"]) };
        let path = format!("/auth/mfa/factors/{}/verify", factor.id);
        ada.post(&path, json!({ "code": self.code(&factor.secret) })).await.ok();
        factor
    }

    /// The names of the factors that are not removed, and when each was last used.
    async fn named(&self, ada: &User) -> Vec<(String, Json)> {
        let listed = ada.get("/auth/mfa/factors").await.ok();
        let factors = listed["mfa_factors"].as_array().unwrap().iter();
        let kept = factors.filter(|factor| factor["status"] != "disabled");
        kept.map(|factor| (factor["name"].as_str().unwrap().to_owned(), factor["last_used_at"].clone())).collect()
    }
}

/// security.md 17 and 18
async fn two_authenticators_of_one_user_answer_each_for_themselves(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let (phone, tablet) = (app.enrol_named(&ada, "Phone").await, app.enrol_named(&ada, "Tablet").await);
    let start = async |body: Json| ada.post("/auth/mfa/factors", body).await;
    let again = start(json!({ "provider": "totp", "name": "Tablet" })).await;
    let message = "There is a second factor \"Tablet\" already. Choose another name.";
    again.is_coded(422, "duplicate_error", "factor_name_taken", message);
    // Without a name, as in the reference.
    let message = "An active TOTP factor already exists for this auth identity";
    start(json!({ "provider": "totp", "label": "watch" })).await.is_error(400, "not_allowed", message);

    for factor in [&phone, &tablet] {
        let code = app.next_code(&factor.secret);
        let pending = app.pending_sign_in("ada@example.com").await;
        assert_eq!(pending.challenge["methods"], json!(["totp"]));
        assert!(pending.challenge.get("ceremonies").is_none());
        pending.answer("totp", &code).await.ok();
        // The code of one factor counts once, by whichever challenge.
        let pending = app.pending_sign_in("ada@example.com").await;
        pending.answer("totp", &code).await.is_error(400, "not_allowed", "Invalid MFA challenge code");
    }
    let used = app.named(&ada).await;
    assert_eq!(used[1], ("Tablet".to_owned(), json!(app.clock_text())));
    assert!(used[0].0 == "Phone" && used[0].1.as_str() < used[1].1.as_str(), "{used:?}");
    let listed = admin.get(&format!("/admin/users/{}/mfa", ada.id)).await.ok();
    assert_eq!(listed["mfa_factors"][0]["name"], "Phone");

    ada.delete(&format!("/auth/mfa/factors/{}", phone.id)).await.ok();
    assert_eq!(app.named(&ada).await.len(), 1);
    let pending = app.pending_sign_in("ada@example.com").await;
    pending.answer("totp", &app.next_code(&phone.secret)).await.is_error(
        400,
        "not_allowed",
        "Invalid MFA challenge code",
    );
    pending.answer("totp", &app.code(&tablet.secret)).await.ok();
    ada.delete(&format!("/auth/mfa/factors/{}", tablet.id)).await.ok();
    let signed_in = app.anonymous().sign_in("ada@example.com", crate::support::PASSWORD).await.ok();
    assert!(signed_in.get("mfa_required").is_none());
}

async fn a_factor_is_renamed(app: TestApp) {
    let (ada, eve) = (app.user("ada@example.com").await, app.user("eve@example.com").await);
    let phone = app.enrol_named(&ada, "Phone").await;
    app.enrol_named(&ada, "Tablet").await;
    let path = format!("/auth/mfa/factors/{}", phone.id);
    let renamed = ada.post(&path, json!({ "name": " Old phone " })).await.ok();
    assert_eq!((&renamed["mfa_factor"]["id"], &renamed["mfa_factor"]["name"]), (&json!(phone.id), &json!("Old phone")));
    let taken = ada.post(&path, json!({ "name": "Tablet" })).await;
    let message = "There is a second factor \"Tablet\" already. Choose another name.";
    taken.is_coded(422, "duplicate_error", "factor_name_taken", message);
    let names: Vec<String> = app.named(&ada).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Old phone", "Tablet"]);
    let rows = format!("audit_entries WHERE action = 'mfa.renamed' AND actor_id = '{0}' AND target_id = '{0}'", ada.id);
    assert_eq!(app.count(&rows).await, 1);

    let message = format!("MFA factor with id \"{}\" was not found", phone.id);
    eve.post(&path, json!({ "name": "Mine" })).await.is_error(404, "not_found", &message);
    ada.delete(&path).await.ok();
    ada.post(&path, json!({ "name": "Phone" })).await.is_error(404, "not_found", &message);
    let unknown = ada.post("/auth/mfa/factors/authmfa_nosuch", json!({ "name": "Phone" })).await;
    unknown.is_error(404, "not_found", "MFA factor with id \"authmfa_nosuch\" was not found");
}

async fn names_that_are_no_names_are_refused(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let phone = app.enrol_named(&ada, "Phone").await;
    let path = format!("/auth/mfa/factors/{}", phone.id);
    for name in [json!("x".repeat(300)), json!("my\nphone"), json!("my\u{0}phone"), json!(""), json!("  "), json!(5)] {
        let started = ada.post("/auth/mfa/factors", json!({ "provider": "totp", "name": name })).await;
        let renamed = ada.post(&path, json!({ "name": name })).await;
        for answer in [started, renamed] {
            assert_eq!((answer.status, &answer.json()["type"]), (400, &json!("invalid_data")), "{name}");
        }
    }
    ada.post(&path, json!({})).await.is_invalid("Field 'name' is required");
    ada.post(&path, json!({ "name": null })).await.is_invalid("Expected type: 'string' for field 'name', got: 'null'");
    assert_eq!(app.named(&ada).await.len(), 1);
}

/// security.md 18: the token of a registration changes nothing once its identity is claimed.
async fn a_registration_has_several_factors_and_renames_them(app: TestApp) {
    let bob = app.registered("bob@example.com").await;
    let started = bob.post("/auth/mfa/factors", json!({ "provider": "totp", "name": "Phone" })).await.ok();
    bob.post("/auth/mfa/factors", json!({ "provider": "totp", "name": "Tablet" })).await.ok();
    let path = format!("/auth/mfa/factors/{}", started["mfa_factor"]["id"].as_str().unwrap());
    bob.post(&path, json!({ "name": "Watch" })).await.ok();
    app.anonymous().post(&path, json!({ "name": "Mine" })).await.is_unauthorized();
}
