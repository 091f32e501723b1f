//! `/auth/verification/*`

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_auth::{AuthOptions, RequiredVerification};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_user::CreateUser;

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    an_address_is_verified_as_in_the_reference,
    invalid_requests_are_refused_in_the_words_of_the_reference,
    a_code_works_once_before_it_expires,
    sign_in_requires_verification_where_it_is_configured,
    addresses_of_invited_users_and_of_the_operator_are_verified,
);

const ADA: &str = "ada@example.com";
const REQUEST: &str = "/auth/verification/request";
const CONFIRM: &str = "/auth/verification/confirm";

impl TestApp {
    /// The code that was sent last.
    async fn mailed_code(&self) -> String {
        self.events("auth.verification_requested").await[0]["code"].as_str().unwrap().to_owned()
    }
}

fn account(address: &str) -> CreateUserAccount {
    CreateUserAccount::new(CreateUser::new(address.parse().unwrap()), SignInMethod::Password(PASSWORD.to_owned()))
}

fn of(address: &str) -> Json {
    json!({ "entity_id": address, "entity_type": "email" })
}

async fn an_address_is_verified_as_in_the_reference(app: TestApp) {
    let waiting = app.registered(ADA).await;
    let mut body = of(ADA);
    body["metadata"] = json!({ "a": 1 });
    let requested = waiting.post(REQUEST, body).await;
    assert_eq!(requested.status, 201);
    let mut verification = requested.json()["verification"].take();
    let hash = verification["provider_metadata"]["token_hash"].take();
    assert_eq!(hash.as_str().unwrap().len(), 64);
    let identity = verification["auth_identity_id"].clone();
    let id = verification["id"].clone();
    assert!(id.as_str().unwrap().starts_with("authver_"));
    assert_eq!(
        verification,
        json!({
            "id": id,
            "auth_identity_id": identity,
            "auth_identity": { "id": identity },
            "entity_id": ADA,
            "entity_type": "email",
            "code_provider": "token",
            "verified_at": null,
            "requested_at": app.clock_text(),
            "provider_metadata": { "token_hash": null },
            "metadata": { "a": 1 },
            "created_at": app.clock_text(),
            "updated_at": app.clock_text(),
            "deleted_at": null,
        })
    );
    let data = app.events("auth.verification_requested").await.remove(0);
    assert_eq!(
        (&data["entity_id"], &data["auth_identity_id"], &data["metadata"]),
        (&json!(ADA), &identity, &json!({"a": 1}))
    );
    assert_eq!(data["code"].as_str().unwrap().len(), 43);
    let confirmed = app.anonymous().post(CONFIRM, json!({ "code": data["code"] })).await;
    confirmed.is(
        200,
        &json!({ "entity_id": ADA, "entity_type": "email", "code_provider": "token", "verified_at": app.clock_text() }),
    );
    let again = waiting.post(REQUEST, of(ADA)).await;
    assert_eq!((again.status, &again.json()["verification"]["verified_at"]), (201, &json!(app.clock_text())));
    for action in ["verification.requested", "verification.confirmed"] {
        let entries = app.audited(action).await;
        assert_eq!((entries.len(), &entries[0]["target_id"]), (1, &identity), "{action}");
        assert!(!entries[0].to_string().contains(data["code"].as_str().unwrap()));
    }
}

async fn invalid_requests_are_refused_in_the_words_of_the_reference(app: TestApp) {
    let waiting = app.registered(ADA).await;
    app.anonymous().post(REQUEST, of(ADA)).await.is_unauthorized();
    app.anonymous().post(REQUEST, json!({})).await.is_unauthorized();
    for (body, reasons) in [
        (json!({}), "Field 'entity_id' is required; Field 'entity_type' is required"),
        (
            json!({ "nosuch": 1 }),
            "Field 'entity_id' is required; Field 'entity_type' is required; Unrecognized fields: 'nosuch'",
        ),
        (
            json!({ "entity_id": null, "entity_type": 5, "code_provider": null, "metadata": null }),
            "Expected type: 'string' for field 'entity_id', got: 'null'; Expected type: 'string' for field \
             'entity_type', got: '5'; Expected type: 'string' for field 'code_provider', got: 'null'",
        ),
        (
            json!({ "entity_id": "", "entity_type": "", "code_provider": "" }),
            "Value for field 'entity_id' too small, expected at least: '1'; Value for field 'entity_type' too small, \
             expected at least: '1'; Value for field 'code_provider' too small, expected at least: '1'",
        ),
        (
            json!({ "entity_id": ADA, "entity_type": "email", "auth_identity_id": "authid_x" }),
            "Unrecognized fields: 'auth_identity_id'",
        ),
        (
            json!({ "entity_id": ADA, "entity_type": "email", "metadata": "x" }),
            "Expected type: 'record' for field 'metadata', got: 'x'",
        ),
    ] {
        waiting.post(REQUEST, body).await.is_invalid(reasons);
    }
    let mut unknown = of(ADA);
    unknown["code_provider"] = "nosuch".into();
    let message = "There is no verification provider nosuch";
    waiting.post(REQUEST, unknown).await.is_error(400, "invalid_data", message);
    let form = "an e-mail address has the form name@example.com";
    waiting.post(REQUEST, of("rubbish")).await.is_error(400, "invalid_data", form);
    for (body, reasons) in [
        (json!({}), "Field 'code' is required"),
        (json!({ "code": "x", "nosuch": 1 }), "Unrecognized fields: 'nosuch'"),
        (json!({ "code": 5 }), "Expected type: 'string' for field 'code', got: '5'"),
        (json!({ "code": "" }), "Value for field 'code' too small, expected at least: '1'"),
        (json!({ "code": "x", "code_provider": 5 }), "Expected type: 'string' for field 'code_provider', got: '5'"),
    ] {
        app.anonymous().post(CONFIRM, body).await.is_invalid(reasons);
    }
    let body = json!({ "code": "x", "code_provider": "nosuch" });
    app.anonymous().post(CONFIRM, body).await.is_error(400, "invalid_data", message);
}

/// security.md 1, 3 and 4
async fn a_code_works_once_before_it_expires(app: TestApp) {
    let waiting = app.registered(ADA).await;
    let confirm = |code: &str| app.anonymous().post(CONFIRM, json!({ "code": code }));
    let invalid = "Verification code is invalid or already used";
    waiting.post(REQUEST, of(ADA)).await;
    let older = app.mailed_code().await;
    waiting.post(REQUEST, of(ADA)).await;
    let code = app.mailed_code().await;
    for other in ["x", &older, &waiting.token] {
        confirm(other).await.is_coded(400, "not_allowed", "verification_code_invalid", invalid);
    }
    app.bearer(&code).get("/admin/users/me").await.is_unauthorized();
    // A minute before its mail may be sent, and then a quarter of an hour.
    app.clock.advance(Duration::from_secs(60 + 900));
    for _ in 0..2 {
        let late = confirm(&code).await;
        late.is_coded(400, "not_allowed", "verification_code_expired", "Verification code has expired");
    }
    waiting.post(REQUEST, of(ADA)).await;
    let code = app.mailed_code().await;
    confirm(&code).await.ok();
    confirm(&code).await.is_coded(400, "not_allowed", "verification_code_invalid", invalid);
}

async fn sign_in_requires_verification_where_it_is_configured(place: Arc<TestDatabase>) {
    let required = RequiredVerification { entity_type: "email".to_owned(), auth_provider: "emailpass".to_owned() };
    let strict = |options: &mut AuthOptions| {
        options.verifications_per_actor = [("user".to_owned(), vec![required])].into();
    };
    let app = TestApp::on(&place).auth_options(strict).open().await;
    // Created by an administrator, who does not vouch for the address as the operator does.
    let admin = Context::user(app.admin().await.id.parse().unwrap());
    app.flows.create_user_account(&account(ADA), &admin).await.unwrap();
    let sign_in = || app.anonymous().sign_in(ADA, PASSWORD);
    let first = sign_in().await.ok();
    assert_eq!((&first["verification_required"], &first["verification"]), (&json!(true), &Json::Null));
    let half = app.bearer(first["token"].as_str().unwrap());
    half.get("/admin/users/me").await.is_unauthorized();
    half.get("/admin/users").await.is_unauthorized();
    assert_eq!(half.post_nothing("/auth/token/refresh").await.ok()["verification_required"], true);
    half.post(REQUEST, of("other@example.com")).await;
    app.anonymous().post(CONFIRM, json!({ "code": app.mailed_code().await })).await.ok();
    assert_eq!(
        sign_in().await.ok()["verification_required"],
        true,
        "another address does not verify the one that signs in"
    );
    half.post(REQUEST, of(ADA)).await;
    assert_eq!(sign_in().await.ok()["verification"]["entity_id"], ADA);
    app.anonymous().post(CONFIRM, json!({ "code": app.mailed_code().await })).await.ok();
    half.get("/admin/users/me").await.is_unauthorized();
    let refreshed = half.post_nothing("/auth/token/refresh").await.ok();
    assert_eq!(refreshed.get("verification_required"), None);
    app.bearer(refreshed["token"].as_str().unwrap()).get("/admin/users/me").await.ok();
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
}

async fn addresses_of_invited_users_and_of_the_operator_are_verified(place: Arc<TestDatabase>) {
    let required = RequiredVerification { entity_type: "email".to_owned(), auth_provider: "emailpass".to_owned() };
    let strict = |options: &mut AuthOptions| {
        options.verifications_per_actor = [("user".to_owned(), vec![required])].into();
    };
    let app = TestApp::on(&place).auth_options(strict).open().await;
    let admin = app.admin().await;
    app.create_user(ADA, PASSWORD).await;
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
    let invite = |email: &str| admin.post("/admin/invites", json!({ "email": email }));
    let token = invite("bob@example.com").await.ok()["invite"]["token"].take();
    let body = json!({ "token": token, "password": PASSWORD, "first_name": "Bob", "last_name": "B" });
    app.anonymous().post("/auth/invites/accept", body).await.ok();
    app.anonymous().sign_in_as_user("bob@example.com", PASSWORD).await;
    let token = invite("cy@example.com").await.ok()["invite"]["token"].take();
    let registered = app.registered("cy@example.com").await;
    let path = format!("/admin/invites/accept?token={}", token.as_str().unwrap());
    registered.post(&path, json!({ "first_name": "Cy", "last_name": "C" })).await.ok();
    app.anonymous().sign_in_as_user("cy@example.com", PASSWORD).await;
    assert!(app.events("auth.verification_requested").await.is_empty());
}
