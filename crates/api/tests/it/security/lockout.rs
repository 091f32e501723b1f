//! 11: strangers who guess passwords do not keep the owner out.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Answer, Client, PASSWORD, TestApp, WRONG_CODE};

on_both_engines!(
    a_known_device_signs_in_while_strangers_guess,
    a_known_device_has_as_many_guesses_as_strangers_and_no_more,
    a_reset_by_mail_works_while_strangers_guess,
    a_live_session_changes_the_password_and_proves_itself_while_strangers_guess,
    strangers_without_the_password_use_up_no_codes,
    a_device_is_known_to_its_own_account_only,
    a_device_is_replaced_at_each_sign_in_and_outlives_a_sign_out,
    a_new_password_forgets_all_devices_but_the_one_that_set_it,
    an_account_knows_ten_devices_at_most,
    half_sessions_and_bearer_tokens_create_no_known_device,
);

const ADA: &str = "ada@example.com";
const NEW: &str = "Brand-new-quarry-19";

/// The cookie that identifies a known device, as `name=value`.
fn device(answer: &Answer) -> Option<String> {
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    cookies
        .find(|cookie| cookie.contains("vestibule-device="))
        .map(|cookie| cookie.split(';').next().unwrap().to_owned())
}

/// Signs in and requests cookies, as a browser that sends this device's cookie.
async fn device_of(app: &TestApp, email: &str, shown: &str) -> String {
    let token = app.cookie(shown).sign_in(email, PASSWORD).await.ok()["token"].as_str().unwrap().to_owned();
    let client = app.bearer(&token).with_header("cookie", shown);
    device(&client.post_nothing("/auth/session").await).unwrap()
}

/// The client as a browser, which names the page that sends the request.
fn browser(client: &Client) -> Client {
    client.clone().with_header("origin", "http://localhost:9000")
}

async fn attack(app: &TestApp, email: &str) {
    for number in 0..15 {
        let status = app.anonymous().sign_in(email, &format!("Wrong-lantern-{number}")).await.status;
        assert!(matches!(status, 401 | 429), "{status}");
    }
    assert_eq!(app.anonymous().sign_in(email, PASSWORD).await.status, 429, "strangers are blocked");
}

async fn statuses(client: &Client, password: &str, times: u32) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..times {
        statuses.push(client.sign_in(ADA, password).await.status);
    }
    statuses
}

async fn a_known_device_signs_in_while_strangers_guess(app: TestApp) {
    app.user(ADA).await;
    let known = device_of(&app, ADA, "").await;
    attack(&app, ADA).await;
    app.cookie(&known).sign_in(ADA, PASSWORD).await.ok();
    assert_eq!(app.anonymous().sign_in(ADA, PASSWORD).await.status, 429, "strangers get no further guesses");
}

async fn a_known_device_has_as_many_guesses_as_strangers_and_no_more(app: TestApp) {
    app.user(ADA).await;
    let known = app.cookie(&device_of(&app, ADA, "").await);
    assert_eq!(statuses(&known, NEW, 12).await, [[401; 10].as_slice(), &[429; 2]].concat());
    assert_eq!(known.sign_in(ADA, PASSWORD).await.status, 429);
    app.anonymous().sign_in(ADA, PASSWORD).await.ok();
    app.clock.advance(Duration::from_secs(15 * 60));
    known.sign_in(ADA, PASSWORD).await.ok();
}

async fn a_reset_by_mail_works_while_strangers_guess(app: TestApp) {
    app.user(ADA).await;
    attack(&app, ADA).await;
    let token = app.reset_token(ADA).await;
    let update = browser(&app.bearer(&token)).post("/auth/user/emailpass/update", json!({ "password": NEW })).await;
    update.is(200, &json!({ "success": true }));
    let known = device(&update).unwrap();
    app.anonymous().sign_in_as_user(ADA, NEW).await;
    attack_new(&app).await;
    app.cookie(&known).sign_in(ADA, NEW).await.ok();
}

async fn attack_new(app: &TestApp) {
    for _ in 0..15 {
        app.anonymous().sign_in(ADA, PASSWORD).await;
    }
    assert_eq!(app.anonymous().sign_in(ADA, NEW).await.status, 429);
}

async fn a_live_session_changes_the_password_and_proves_itself_while_strangers_guess(app: TestApp) {
    let ada = app.user(ADA).await;
    attack(&app, ADA).await;
    app.clock.advance(Duration::from_secs(11 * 60));
    ada.post("/auth/mfa/factors", json!({ "provider": "totp", "password": PASSWORD })).await.ok();
    attack(&app, ADA).await;
    let change = |current: &str| json!({ "current_password": current, "new_password": NEW });
    for _ in 0..10 {
        assert_eq!(ada.post("/auth/password", change("Wrong-lantern-1")).await.status, 400);
    }
    assert_eq!(ada.post("/auth/password", change(PASSWORD)).await.status, 429, "a session has its own limit");
    app.clock.advance(Duration::from_secs(15 * 60));
    attack(&app, ADA).await;
    let changed = browser(&ada).post("/auth/password", change(PASSWORD)).await;
    changed.ok();
    attack_new(&app).await;
    app.cookie(&device(&changed).unwrap()).sign_in(ADA, NEW).await.ok();
}

/// security.md 19: codes are counted for the account, and need its password first.
async fn strangers_without_the_password_use_up_no_codes(app: TestApp) {
    let ada = app.user(ADA).await;
    let known = device(&ada.post_nothing("/auth/session").await).unwrap();
    let factor = app.enrol(&ada).await;
    attack(&app, ADA).await;
    let half = app.cookie(&known).sign_in(ADA, PASSWORD).await.ok();
    let half = crate::support::PendingSignIn::of(&app, &half);
    half.answer("totp", &app.next_code(&factor.secret)).await.ok();
    for _ in 0..2 {
        let half = app.pending_sign_in(ADA).await;
        for _ in 0..5 {
            assert_eq!(half.answer("totp", WRONG_CODE).await.status, 400);
        }
    }
    let half = app.pending_sign_in(ADA).await;
    assert_eq!(half.answer("totp", &app.next_code(&factor.secret)).await.status, 429, "one count over all challenges");
}

async fn a_device_is_known_to_its_own_account_only(app: TestApp) {
    app.user(ADA).await;
    app.user("bob@example.com").await;
    let of_bob = device_of(&app, "bob@example.com", "").await;
    attack(&app, ADA).await;
    for shown in [of_bob.clone(), format!("{of_bob}x"), format!("vestibule-device={}", "A".repeat(43))] {
        assert_eq!(app.cookie(&shown).sign_in(ADA, PASSWORD).await.status, 429, "{shown}");
    }
    app.clock.advance(Duration::from_secs(15 * 60));
    let of_both = device_of(&app, ADA, &of_bob).await;
    attack(&app, ADA).await;
    attack(&app, "bob@example.com").await;
    for email in [ADA, "bob@example.com"] {
        app.cookie(&of_both).sign_in(email, PASSWORD).await.ok();
    }
}

async fn a_device_is_replaced_at_each_sign_in_and_outlives_a_sign_out(app: TestApp) {
    app.user(ADA).await;
    let older = device_of(&app, ADA, "").await;
    let newer = device_of(&app, ADA, &older).await;
    assert_ne!(older, newer);
    assert_eq!(app.count("auth_known_devices").await, 1);
    let ada = app.user(ADA).await;
    ada.delete("/auth/session").await.ok();
    attack(&app, ADA).await;
    assert_eq!(app.cookie(&older).sign_in(ADA, PASSWORD).await.status, 429);
    app.cookie(&newer).sign_in(ADA, PASSWORD).await.ok();
    app.cookie(&newer).get("/admin/users/me").await.is_unauthorized();
}

async fn a_new_password_forgets_all_devices_but_the_one_that_set_it(app: TestApp) {
    app.user(ADA).await;
    let other = device_of(&app, ADA, "").await;
    let token = app.reset_token(ADA).await;
    let update = app.bearer(&token).post("/auth/user/emailpass/update", json!({ "password": NEW })).await;
    assert_eq!((update.status, device(&update)), (200, None), "a client without cookies is given none");
    assert_eq!(app.count("auth_known_devices").await, 1);
    attack_new(&app).await;
    assert_eq!(app.cookie(&other).sign_in(ADA, NEW).await.status, 429);
}

async fn an_account_knows_ten_devices_at_most(app: TestApp) {
    app.user(ADA).await;
    let mut devices = Vec::new();
    for _ in 0..12 {
        app.clock.advance(Duration::from_secs(1));
        devices.push(device_of(&app, ADA, "").await);
    }
    assert_eq!(app.count("auth_known_devices").await, 10);
    attack(&app, ADA).await;
    let mut let_in = Vec::new();
    for known in &devices {
        let_in.push(app.cookie(known).sign_in(ADA, PASSWORD).await.status == 200);
    }
    assert_eq!(let_in, [[false; 2].as_slice(), &[true; 10]].concat());
    app.clock.advance(Duration::from_secs(400 * 24 * 60 * 60));
    app.flows.auth().delete_expired().await.unwrap();
    assert_eq!(app.count("auth_known_devices").await, 0);
}

async fn half_sessions_and_bearer_tokens_create_no_known_device(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).public_url("https://vestibule.example").open().await;
    let ada = app.user(ADA).await;
    assert_eq!(app.count("auth_known_devices").await, 0);
    let session = ada.post_nothing("/auth/session").await;
    let cookies: Vec<_> = session.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let (value, flags) = cookies[1].split_once("; ").unwrap();
    assert_eq!(value.strip_prefix("__Host-vestibule-device=").unwrap().len(), 43, "256 random bits");
    assert_eq!(flags, "HttpOnly; SameSite=Lax; Secure; Path=/; Expires=Mon, 27 Dec 2027 09:30:00 GMT");
    app.enrol(&ada).await;
    let half = app.pending_sign_in(ADA).await.client.post_nothing("/auth/session").await;
    assert_eq!((half.status, device(&half)), (200, None));
}
