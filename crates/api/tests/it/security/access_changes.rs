//! 20: what creates or widens access requires a fresh proof of the strongest factor that the account has, by a person,
//! and is refused for the own account by the routes for other users.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_rbac::RoleId;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Ask, Client, PASSWORD, TestApp, User};

on_both_engines!(
    a_stolen_session_takes_over_no_account,
    a_fresh_proof_allows_every_request_for_ten_minutes,
    with_a_factor_the_password_is_no_proof,
    wrong_proofs_are_counted_for_the_account,
    the_own_account_is_changed_through_its_own_routes,
    api_keys_cannot_change_access,
    requests_that_change_no_access_require_no_proof,
    a_requirement_for_the_callers_own_role_is_set_after_enrolment,
);

const NEW: &str = "Brand-new-quarry-19";
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Another user, whose factor, lock, failed attempts, roles and password are the targets, and roles to assign.
struct Scene {
    bob: User,
    bobs_factor: String,
    locked: User,
    readers: RoleId,
    managers: RoleId,
}

impl Scene {
    async fn of(app: &TestApp) -> Self {
        let readers = app.role("Readers", &["user:read"]).await.id;
        let managers = app.role("Managers", &["user:read", "user:update"]).await.id;
        let bob = app.user_with("bob@example.com", &[&readers]).await;
        let bobs_factor = app.enrol(&bob).await.id;
        let locked = app.user_with("locked@example.com", &[&readers]).await;
        let id: vestibule_user::UserId = locked.id.parse().unwrap();
        app.flows.lock_user(id, &vestibule_flows::Context::operator()).await.unwrap();
        Self { bob, bobs_factor, locked, readers, managers }
    }

    /// Every request by which a caller changes the access of others.
    async fn of_others(&self, app: &TestApp, client: &Client) -> Vec<Ask> {
        let (bob, readers, managers) = (&self.bob.id, &self.readers, &self.managers);
        let policy = app.policy("invite:read").await;
        let post = |path: String, body: Json| client.post(&path, body);
        vec![
            post("/admin/api-keys".into(), json!({ "title": "x", "type": "secret", "roles": [readers] })),
            post("/admin/invites".into(), json!({ "email": "new@example.com" })),
            post("/admin/invites".into(), json!({ "email": "new@example.com", "roles": [managers] })),
            post("/admin/users".into(), json!({ "email": "new@example.com", "password": PASSWORD })),
            post("/admin/users".into(), json!({ "email": "new@example.com", "invite": true, "roles": [managers] })),
            post(format!("/admin/users/{bob}/roles"), json!({ "roles": [managers] })),
            post(format!("/admin/rbac/roles/{managers}/users"), json!({ "users": [bob] })),
            post(format!("/admin/rbac/roles/{readers}/policies"), json!({ "policies": [policy] })),
            post(format!("/admin/rbac/roles/{readers}"), json!({ "parent_id": managers })),
            post(format!("/admin/rbac/policies/{policy}"), json!({ "key": "invite:fly" })),
            client.post_nothing(&format!("/admin/users/{bob}/reset-password")),
            post(format!("/admin/users/{bob}/email"), json!({ "email": "evil@example.com" })),
            client.delete(&format!("/admin/users/{bob}/mfa/{}", self.bobs_factor)),
            client.delete(&format!("/admin/users/{bob}/mfa")),
            client.delete(&format!("/admin/users/{bob}/failed-attempts")),
            client.post_nothing(&format!("/admin/users/{}/unlock", self.locked.id)),
        ]
    }
}

/// Every request by which callers change their own account through the routes for other users.
fn of_oneself(client: &Client, id: &str, role: &RoleId) -> Vec<Ask> {
    vec![
        client.post_nothing(&format!("/admin/users/{id}/reset-password")),
        client.post(&format!("/admin/users/{id}/email"), json!({ "email": "evil@example.com" })),
        client.delete(&format!("/admin/users/{id}/mfa")),
        client.delete(&format!("/admin/users/{id}/mfa/authmfa_01ARZ3NDEKTSV4RRFFQ69G5FAV")),
        client.delete(&format!("/admin/users/{id}/failed-attempts")),
        client.post(&format!("/admin/users/{id}/roles"), json!({ "roles": [role] })),
        client.post(&format!("/admin/rbac/roles/{role}/users"), json!({ "users": [id] })),
    ]
}

#[track_caller]
fn assert_coded(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{} {}", answer.asked, answer.text());
}

/// The attack: a session one hour old, and nothing else.
async fn a_stolen_session_takes_over_no_account(app: TestApp) {
    let ada = app.admin().await;
    let factor = app.enrol(&ada).await;
    let own_key = app.basic(&ada.api_key("CI", None).await.token);
    let scene = Scene::of(&app).await;
    app.clock.advance(HOUR);
    for ask in scene.of_others(&app, &ada).await {
        assert_coded(&ask.await, 403, "fresh_proof_required");
    }
    let own_factor = format!("/auth/mfa/factors/{}", factor.id);
    for proof in [json!({}), json!({ "password": PASSWORD })] {
        assert_coded(&ada.delete(&own_factor).json(&proof).await, 403, "fresh_proof_required");
        assert_coded(&ada.post("/auth/mfa/recovery-codes", proof.clone()).await, 403, "fresh_proof_required");
        assert_coded(&ada.post("/auth/proof", proof).await, 403, "fresh_proof_required");
    }
    assert_coded(&ada.post("/auth/mfa/factors", json!({ "provider": "totp" })).await, 403, "fresh_proof_required");
    assert_coded(&ada.post("/auth/email", json!({ "email": "evil@example.com" })).await, 403, "fresh_proof_required");
    let change = json!({ "current_password": PASSWORD, "new_password": NEW });
    assert_coded(&ada.post("/auth/password", change).await, 403, "fresh_proof_required");
    for ask in of_oneself(&ada, &ada.id, &scene.managers) {
        let answer = ask.await;
        assert_eq!(answer.status, 400, "{} {}", answer.asked, answer.text());
    }
    // Nor with an API key of the account.
    for ask in of_oneself(&own_key, &ada.id, &scene.managers) {
        assert_coded(&ask.await, 403, "not_for_api_keys");
    }
    // A refreshed token is no proof either, nor is a cookie.
    let refreshed = ada.post_nothing("/auth/token/refresh").await.ok();
    let refreshed = app.bearer(refreshed["token"].as_str().unwrap());
    let cookie = app.cookie(&ada.cookie().await);
    for client in [&refreshed, &cookie] {
        let key = client.post("/admin/api-keys", json!({ "title": "x", "type": "secret" })).await;
        assert_coded(&key, 403, "fresh_proof_required");
    }
    // Nothing was changed.
    assert_eq!(ada.get("/admin/api-keys").await.ok()["count"], 1);
    assert_eq!(ada.get("/admin/invites").await.ok()["count"], 0);
    assert_eq!(ada.get("/admin/users").await.ok()["count"], 3);
    assert_eq!(ada.get("/auth/mfa/factors").await.ok()["mfa_factors"][0]["status"], "enabled");
    let half = app.pending_sign_in("admin@example.com").await;
    half.answer("totp", &app.next_code(&factor.secret)).await.ok();
}

async fn a_fresh_proof_allows_every_request_for_ten_minutes(app: TestApp) {
    let ada = app.admin().await;
    let scene = Scene::of(&app).await;
    app.clock.advance(HOUR);
    let stale = app.user("admin@example.com").await;
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    assert_coded(&ada.post("/auth/proof", json!({})).await, 403, "fresh_proof_required");
    ada.post("/auth/proof", json!({ "nosuch": 1 })).await.is_invalid("Unrecognized fields: 'nosuch'");
    let answer = ada.post("/auth/proof", json!({ "password": PASSWORD })).await;
    answer.is(200, &json!({ "proof": { "expires_at": "2026-11-22T10:50:01.000Z" } }));
    app.clock.advance(Duration::from_secs(10 * 60));
    for ask in scene.of_others(&app, &ada).await {
        let answer = ask.await;
        // Two invites to one address; a user with the invited address.
        assert!(matches!(answer.status, 200 | 400 | 422), "{} {}", answer.asked, answer.text());
    }
    app.clock.advance(Duration::from_micros(1));
    let reset = format!("/admin/users/{}/reset-password", scene.bob.id);
    assert_coded(&ada.post_nothing(&reset).await, 403, "fresh_proof_required");
    // The proof counts for its own session only.
    assert_coded(
        &stale.post("/admin/api-keys", json!({ "title": "x", "type": "secret" })).await,
        403,
        "fresh_proof_required",
    );
    app.anonymous().post("/auth/proof", json!({ "password": PASSWORD })).await.is_unauthorized();
}

async fn with_a_factor_the_password_is_no_proof(app: TestApp) {
    let ada = app.admin().await;
    let factor = app.enrol(&ada).await;
    let codes = ada.post("/auth/mfa/recovery-codes", json!({})).await.ok();
    let key = json!({ "title": "x", "type": "secret" });
    for proof in [
        |_: &Json, code: String| json!({ "code": code }),
        |_: &Json, code: String| json!({ "code": code, "method": "totp" }),
        |codes: &Json, _: String| json!({ "code": codes["recovery_codes"][0], "method": "recovery_code" }),
        |codes: &Json, _: String| json!({ "code": codes["recovery_codes"][1], "password": "not looked at" }),
    ] {
        app.clock.advance(HOUR);
        assert_coded(&ada.post("/auth/proof", json!({ "password": PASSWORD })).await, 403, "fresh_proof_required");
        assert_coded(&ada.post("/admin/api-keys", key.clone()).await, 403, "fresh_proof_required");
        let body = proof(&codes, app.next_code(&factor.secret));
        ada.post("/auth/proof", body.clone()).await.ok();
        ada.post("/admin/api-keys", key.clone()).await.ok();
        // A code counts once.
        assert_coded(&ada.post("/auth/proof", body).await, 400, "wrong_code");
    }
    // With a code, the password can be changed.
    app.clock.advance(HOUR);
    let mut change = json!({ "current_password": PASSWORD, "new_password": NEW });
    assert_coded(&ada.post("/auth/password", change.clone()).await, 403, "fresh_proof_required");
    change["code"] = json!(app.next_code(&factor.secret));
    ada.post("/auth/password", change).await.ok();
}

/// security.md 11
async fn wrong_proofs_are_counted_for_the_account(app: TestApp) {
    let ada = app.admin().await;
    for _ in 0..10 {
        assert_coded(&ada.post("/auth/proof", json!({ "password": "Other-harbour-77x" })).await, 400, "wrong_password");
    }
    assert_coded(&ada.post("/auth/proof", json!({ "password": PASSWORD })).await, 429, "too_many_attempts");
}

async fn the_own_account_is_changed_through_its_own_routes(app: TestApp) {
    let ada = app.admin().await;
    app.enrol(&ada).await;
    let scene = Scene::of(&app).await;
    for ask in of_oneself(&ada, &ada.id, &scene.managers) {
        let answer = ask.await;
        assert_eq!(answer.status, 400, "{} {}", answer.asked, answer.text());
    }
    assert_eq!(ada.get("/auth/mfa/factors").await.ok()["mfa_factors"][0]["status"], "enabled");
    assert_eq!(ada.get(&format!("/admin/users/{}/roles", ada.id)).await.ok()["count"], 1);
}

async fn api_keys_cannot_change_access(app: TestApp) {
    let ada = app.admin().await;
    let scene = Scene::of(&app).await;
    let operators = vestibule_flows::NewApiKey { title: "CLI".into(), ..Default::default() };
    let operators = app.flows.create_api_key(&operators, &vestibule_flows::Context::operator()).await.unwrap();
    let admins = ada.api_key("CI", None).await.token;
    for key in [operators.key.token.reveal(), &admins] {
        let client = app.basic(key);
        for ask in scene.of_others(&app, &client).await {
            assert_coded(&ask.await, 403, "not_for_api_keys");
        }
        // Requests that give no one power over others succeed.
        let email = format!("{}@example.com", key.get(4..20).unwrap());
        let invite = json!({ "email": email, "roles": [scene.readers] });
        let invite = client.post("/admin/invites", invite).await.ok()["invite"]["id"].clone();
        client.post_nothing(&format!("/admin/invites/{}/resend", invite.as_str().unwrap())).await.ok();
        let user = json!({ "email": format!("2{email}"), "password": PASSWORD, "roles": [] });
        let user = client.post("/admin/users", user).await.ok()["user"]["id"].clone();
        client.post_nothing(&format!("/admin/users/{}/lock", user.as_str().unwrap())).await.ok();
        client.delete(&format!("/admin/users/{}", user.as_str().unwrap())).await.ok();
    }
    // An invite that a person created keeps its roles, and is not resent by a key.
    let invite = ada.invite("carol@example.com").await;
    let resend = format!("/admin/invites/{}/resend", invite.id);
    assert_coded(&app.basic(&admins).post_nothing(&resend).await, 403, "not_for_api_keys");
    ada.post_nothing(&resend).await.ok();
}

async fn requests_that_change_no_access_require_no_proof(app: TestApp) {
    let ada = app.admin().await;
    let scene = Scene::of(&app).await;
    app.clock.advance(HOUR);
    let invite = json!({ "email": "new@example.com", "roles": [scene.readers] });
    let invite = ada.post("/admin/invites", invite).await.ok()["invite"]["id"].clone();
    ada.post_nothing(&format!("/admin/invites/{}/resend", invite.as_str().unwrap())).await.ok();
    ada.delete(&format!("/admin/invites/{}", invite.as_str().unwrap())).await.ok();
    let user = json!({ "email": "other@example.com", "password": PASSWORD, "roles": [] });
    ada.post("/admin/users", user).await.ok();
    ada.post("/admin/rbac/roles", json!({ "name": "New", "policy_ids": ["rpol_super_admin"] })).await.ok();
    let bob = format!("/admin/users/{}", scene.bob.id);
    ada.post(&bob, json!({ "first_name": "Bob" })).await.ok();
    ada.delete(&format!("{bob}/roles/{}", scene.readers)).await.ok();
    ada.delete(&format!("{bob}/sessions")).await.ok();
    ada.post_nothing(&format!("{bob}/lock")).await.ok();
    ada.delete(&bob).await.ok();
    ada.delete("/auth/sessions").await.ok();
}

/// A caller who sets the requirement must be able to continue: otherwise the caller, or their key, is locked out until
/// there is a factor.
async fn a_requirement_for_the_callers_own_role_is_set_after_enrolment(app: TestApp) {
    let ada = app.admin().await;
    let key = app.basic(&ada.api_key("CI", None).await.token);
    let role = app.role("Careful", &["user:read"]).await.id;
    let mine = app.user_with("bob@example.com", &[&role, &RoleId::super_admin()]).await;
    let requires = json!({ "requires_mfa": true });
    let path = format!("/admin/rbac/roles/{role}");
    assert_coded(&mine.post(&path, requires.clone()).await, 400, "enrol_first");
    let mines_key = app.basic(&mine.api_key("CI", None).await.token);
    assert_coded(&mines_key.post(&path, requires.clone()).await, 400, "enrol_first");
    mine.get("/admin/users").await.ok();
    // Another administrator may, and their keys: it is not their role.
    key.post(&path, requires.clone()).await.ok();
    assert_eq!(mine.get("/admin/users").await.json()["code"], "mfa_enrolment_required");
    mines_key.get("/admin/users").await.ok();
    app.enrol(&mine).await;
    mine.get("/admin/users").await.ok();
    // Removing the requirement widens access.
    app.clock.advance(HOUR);
    assert_coded(&ada.post(&path, json!({ "requires_mfa": false })).await, 403, "fresh_proof_required");
    assert_coded(&key.post(&path, json!({ "requires_mfa": false })).await, 403, "not_for_api_keys");
    assert_coded(&ada.delete(&format!("/admin/users/{}/roles/{role}", mine.id)).await, 403, "fresh_proof_required");
    assert_coded(&ada.delete(&path).await, 403, "fresh_proof_required");
    ada.prove().await;
    ada.post(&path, json!({ "requires_mfa": false })).await.ok();
    ada.delete(&path).await.ok();
}
