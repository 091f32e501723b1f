//! `POST /auth/{actor_type}/emailcode` and its callback: a code that is mailed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_auth::EmailCodeProvider;
use vestibule_flows::{AcceptInvite, Client as FlowClient};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Answer, Ask, Client, PASSWORD, TestApp, forge, together};

on_both_engines!(
    a_mailed_code_signs_in_once,
    an_unknown_address_gets_the_same_answer_and_no_mail,
    a_code_works_only_in_the_browser_that_requested_it,
    a_code_takes_five_guesses_which_count_for_the_account,
    a_code_expires_after_ten_minutes,
    the_second_factor_is_still_required,
    locked_users_do_not_sign_in,
    mails_to_an_address_are_spaced_unless_its_owner_is_known,
    an_invite_is_accepted_without_a_password,
    the_api_accepts_an_invite_without_a_password,
    a_code_for_an_invited_address_repeats_the_invite,
    the_provider_is_off_by_default,
);
on_both_engines!(4 threads: of_many_callers_with_one_code_one_signs_in);

const ADA: &str = "ada@example.com";
const BEGIN: &str = "/auth/user/emailcode";
const REDEEM: &str = "/auth/user/emailcode/callback";
const MINUTE: Duration = Duration::from_secs(60);

async fn open(place: &Arc<TestDatabase>) -> TestApp {
    TestApp::on(place).open_with_provider(EmailCodeProvider).await
}

fn visible(answer: &Answer) -> String {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    format!("{} {:?} {:?}", answer.status, headers.collect::<Vec<_>>(), answer.json().as_object().unwrap().keys())
}

async fn begin(client: &Client, email: &str) -> String {
    let begun = client.post(BEGIN, json!({ "email": email })).await.ok();
    assert_eq!(begun.as_object().unwrap().len(), 1);
    begun["state"].as_str().unwrap().to_owned()
}

/// The newest code that was mailed.
async fn code(app: &TestApp) -> String {
    app.events("auth.sign_in_code_requested").await[0]["code"].as_str().unwrap().to_owned()
}

fn redeem(client: &Client, state: &str, code: &str) -> Ask {
    client.post(REDEEM, json!({ "state": state, "code": code }))
}

/// A code that is not this one.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[track_caller]
fn is_wrong(answer: &Answer) {
    let message = "The code is wrong. Enter the six digits of the newest mail, or request another code.";
    answer.is_coded(401, "unauthorized", "wrong_email_code", message);
}

#[track_caller]
fn is_over(answer: &Answer) {
    answer.is_coded(401, "unauthorized", "sign_in_expired", "No state provided, or session expired");
}

/// security.md 1, 2, 4
async fn a_mailed_code_signs_in_once(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    let state = begin(&app.anonymous(), "ADA@Example.com").await;
    let event = &app.events("auth.sign_in_code_requested").await[0];
    assert_eq!(event["entity_id"], ADA, "the mail goes to the stored address");
    let code = code(&app).await;
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    let (first, last) = code.split_at(3);
    let spaced = format!("{first} {last}");
    let signed_in = redeem(&app.anonymous(), &state, &spaced).await.ok();
    let token = signed_in["token"].as_str().unwrap();
    assert_eq!(forge::claims(token)["auth_provider"], "emailcode");
    assert_eq!(app.bearer(token).get("/admin/users/me").await.ok()["user"]["email"], ADA);
    is_over(&redeem(&app.anonymous(), &state, &code).await);
    is_over(&redeem(&app.anonymous(), &code, &state).await);
    is_over(&redeem(&app.anonymous(), token, &code).await);
    app.bearer(&state).get("/admin/users/me").await.is_unauthorized();
    assert_eq!(app.audited("session.started").await.len(), 2);
}

/// security.md 10
async fn an_unknown_address_gets_the_same_answer_and_no_mail(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    app.registered("registered@example.com").await;
    app.admin().await.invite("invited@example.com").await;
    let known = app.anonymous().post(BEGIN, json!({ "email": ADA })).await;
    for unknown in ["nobody@example.com", "registered@example.com", "invited@example.com"] {
        let answer = app.anonymous().post(BEGIN, json!({ "email": unknown })).await;
        assert_eq!(visible(&answer), visible(&known), "{unknown}");
        let state = answer.json()["state"].as_str().unwrap().to_owned();
        is_wrong(&redeem(&app.anonymous(), &state, "000000").await);
    }
    assert_eq!(app.events("auth.sign_in_code_requested").await.len(), 1);
    assert_eq!(app.events("invite.resent").await.len(), 1, "the invited address is sent its invite");
    let refused = app.anonymous().post(BEGIN, json!({ "email": "no address" })).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
}

/// security.md 41
async fn a_code_works_only_in_the_browser_that_requested_it(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    let browser = || app.anonymous().post(BEGIN, json!({ "email": ADA })).header("sec-fetch-site", "same-origin");
    let begun = browser().await;
    let cookie = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let (state, code) = (begun.json()["state"].as_str().unwrap().to_owned(), code(&app).await);
    is_over(&redeem(&app.anonymous(), &state, &code).await);
    is_over(&redeem(&app.anonymous(), &state, &code).header("sec-fetch-site", "same-origin").await);
    let other = "vestibule-sign-in=".to_owned() + &"A".repeat(43);
    is_over(&redeem(&app.anonymous(), &state, &code).header("cookie", &other).await);
    redeem(&app.anonymous(), &state, &code).header("cookie", &cookie).await.ok();
}

/// security.md 11
async fn a_code_takes_five_guesses_which_count_for_the_account(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    let state = begin(&app.anonymous(), ADA).await;
    let right = code(&app).await;
    for _ in 0..5 {
        is_wrong(&redeem(&app.anonymous(), &state, &other_than(&right)).await);
    }
    is_over(&redeem(&app.anonymous(), &state, &right).await);
    app.clock.advance(MINUTE);
    let state = begin(&app.anonymous(), ADA).await;
    let right = code(&app).await;
    // The sixth counted as well; four are left before the account waits, for codes and passwords.
    for _ in 0..4 {
        is_wrong(&redeem(&app.anonymous(), &state, &other_than(&right)).await);
    }
    let refused = redeem(&app.anonymous(), &state, &right).await;
    assert_eq!((refused.status, &refused.json()["code"]), (429, &json!("too_many_attempts")), "{}", refused.text());
    assert_eq!(app.anonymous().sign_in(ADA, PASSWORD).await.status, 429);
    assert!(!app.audited("sign_in.failed").await.is_empty(), "it leaves a trace");
}

/// security.md 1
async fn a_code_expires_after_ten_minutes(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    let state = begin(&app.anonymous(), ADA).await;
    app.clock.advance(10 * MINUTE);
    is_over(&redeem(&app.anonymous(), &state, &code(&app).await).await);
}

/// security.md 18
async fn the_second_factor_is_still_required(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let ada = app.user(ADA).await;
    let factor = app.enrol(&ada).await;
    let state = begin(&app.anonymous(), ADA).await;
    let half = redeem(&app.anonymous(), &state, &code(&app).await).await.ok();
    assert_eq!(half["mfa_required"], true);
    let client = app.bearer(half["token"].as_str().unwrap());
    assert_eq!(client.get("/admin/users/me").await.status, 401);
    let path = format!("/auth/mfa/challenges/{}/verify", half["mfa_challenge"]["id"].as_str().unwrap());
    let answer = json!({ "method": "totp", "code": app.next_code(&factor.secret) });
    let whole = client.post(&path, answer).await.ok();
    app.bearer(whole["token"].as_str().unwrap()).get("/admin/users/me").await.ok();
}

async fn locked_users_do_not_sign_in(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let ada = app.user(ADA).await;
    let state = begin(&app.anonymous(), ADA).await;
    app.admin().await.post_nothing(&format!("/admin/users/{}/lock", ada.id)).await.ok();
    let refused = redeem(&app.anonymous(), &state, &code(&app).await).await;
    assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("user_locked")), "{}", refused.text());
    // A deleted one.
    app.clock.advance(MINUTE);
    let state = begin(&app.anonymous(), ADA).await;
    let code = code(&app).await;
    app.admin().await.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    is_wrong(&redeem(&app.anonymous(), &state, &code).await);
}

/// security.md 2
async fn of_many_callers_with_one_code_one_signs_in(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    let state = begin(&app.anonymous(), ADA).await;
    let ask = redeem(&app.anonymous(), &state, &code(&app).await);
    let answers = together(5, |_| {
        let ask = ask.clone();
        async move { ask.await.status }
    })
    .await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
}

async fn mails_to_an_address_are_spaced_unless_its_owner_is_known(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    app.user(ADA).await;
    let mails = async || app.events("auth.sign_in_code_requested").await.len();
    begin(&app.anonymous(), ADA).await;
    begin(&app.anonymous(), ADA).await;
    assert_eq!(mails().await, 1, "the second waits for a minute");
    app.clock.advance(MINUTE);
    begin(&app.anonymous(), ADA).await;
    assert_eq!(mails().await, 2);
    // In a browser in which the owner has signed in.
    let body = json!({ "email": ADA, "password": PASSWORD });
    let ask = app.anonymous().post("/auth/user/emailpass", body).header("sec-fetch-site", "same-origin");
    let token = ask.await.ok()["token"].as_str().unwrap().to_owned();
    let session = app.bearer(&token).post_nothing("/auth/session").header("sec-fetch-site", "same-origin").await;
    let device = session.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let device =
        device.filter(|cookie| cookie.starts_with("vestibule-device")).map(|cookie| cookie.split(';').next().unwrap());
    let device: Vec<String> = device.map(str::to_owned).collect();
    assert_eq!(device.len(), 1, "{:?}", session.headers);
    for _ in 0..3 {
        app.anonymous().post(BEGIN, json!({ "email": ADA })).header("cookie", &device[0]).await.ok();
    }
    assert_eq!(mails().await, 5);
}

/// The same answer as for any address (security.md 10), and the link that was mailed before still works.
async fn a_code_for_an_invited_address_repeats_the_invite(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let invite = app.admin().await.invite("bob@example.com").await;
    let resent = async || app.events("invite.resent").await.len();
    begin(&app.anonymous(), "BOB@example.com").await;
    let event = &app.events("invite.resent").await[0];
    assert_eq!((&event["id"], &event["origin"]), (&json!(invite.id), &json!("stranger")));
    assert!(app.events("auth.sign_in_code_requested").await.is_empty());
    begin(&app.anonymous(), "bob@example.com").await;
    assert_eq!(resent().await, 1, "the second waits for a minute");
    app.clock.advance(MINUTE);
    begin(&app.anonymous(), "bob@example.com").await;
    assert_eq!((resent().await, app.audited("invite.resent").await.len()), (2, 2));
    app.clock.advance(4 * MINUTE);
    app.anonymous().post("/auth/customer/emailcode", json!({ "email": "bob@example.com" })).await.ok();
    assert_eq!(resent().await, 2, "an invite is for users");
    app.anonymous().accept_with_password(&invite.token, PASSWORD).await.ok();
    begin(&app.anonymous(), "bob@example.com").await;
    assert_eq!(app.events("auth.sign_in_code_requested").await.len(), 1);
    // An expired invite is not repeated.
    app.admin().await.invite("carl@example.com").await;
    app.clock.advance(24 * 60 * MINUTE);
    begin(&app.anonymous(), "carl@example.com").await;
    assert_eq!(resent().await, 2);
}

async fn the_api_accepts_an_invite_without_a_password(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let invite = app.admin().await.invite("bob@example.com").await;
    let accept = |more: Json| {
        let mut body = json!({ "token": invite.token, "first_name": "Bob" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.anonymous().post("/auth/invites/accept", body)
    };
    let neither = "Send one of 'password', 'state' and 'answer' of a passkey, and 'without_password' (true)";
    for more in [
        json!({ "without_password": false }),
        json!({ "without_password": true, "password": PASSWORD }),
        json!({ "without_password": true, "state": "x", "answer": {} }),
    ] {
        accept(more).await.is_invalid(neither);
    }
    accept(json!({})).await.is_invalid("Field 'password' is required");
    let accepted = accept(json!({ "without_password": true })).await.ok();
    assert_eq!(
        (&accepted["user"]["email"], &accepted["user"]["first_name"]),
        (&json!("bob@example.com"), &json!("Bob"))
    );
    let bob = app.bearer(accepted["token"].as_str().unwrap());
    let methods = bob.get("/auth/identities").await.ok();
    assert_eq!(methods["identities"][0]["provider"], "emailcode");
    let state = begin(&app.anonymous(), "bob@example.com").await;
    redeem(&app.anonymous(), &state, &code(&app).await).await.ok();
    // `false` is the same as nothing.
    let invite = app.admin().await.invite("carl@example.com").await;
    let body = json!({ "token": invite.token, "without_password": false, "password": PASSWORD });
    app.anonymous().post("/auth/invites/accept", body).await.ok();
}

async fn an_invite_is_accepted_without_a_password(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let invite = app.admin().await.invite("bob@example.com").await;
    let accept = AcceptInvite { token: invite.token.clone(), ..AcceptInvite::default() };
    let client = FlowClient::default();
    let (user, identity) = app.flows.accept_invite_without_password(&accept, &client).await.unwrap();
    assert_eq!(
        (user.email.as_str(), identity.provider_identities[0].provider.as_str()),
        ("bob@example.com", "emailcode")
    );
    app.flows.begin_first_session(identity, &client).await.unwrap();
    let state = begin(&app.anonymous(), "bob@example.com").await;
    let signed_in = redeem(&app.anonymous(), &state, &code(&app).await).await.ok();
    let bob = app.bearer(signed_in["token"].as_str().unwrap());
    assert_eq!(bob.get("/admin/users/me").await.ok()["user"]["id"], json!(user.id));
    app.anonymous().sign_in("bob@example.com", PASSWORD).await.is_error(
        401,
        "unauthorized",
        "Invalid email or password",
    );
    assert_eq!(bob.delete("/auth/identities/emailcode").await.json()["code"], "last_sign_in_method");
    // Another address: codes go there.
    bob.post("/auth/email", json!({ "email": "robert@example.com" })).await.ok();
    let token = app.events("auth.email_change_requested").await[0]["token"].clone();
    bob.post("/auth/email/confirm", json!({ "token": token })).await.ok();
    // The mail that confirmed the change was the first to that address.
    app.clock.advance(MINUTE);
    let state = begin(&app.anonymous(), "robert@example.com").await;
    redeem(&app.anonymous(), &state, &code(&app).await).await.ok();
}

async fn the_provider_is_off_by_default(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).open().await;
    app.user(ADA).await;
    let refused = app.anonymous().post(BEGIN, json!({ "email": ADA })).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    let providers: Json = app.anonymous().get("/auth/user/providers").await.ok();
    assert!(!providers.to_string().contains("emailcode"), "{providers}");
    let invite = app.admin().await.invite("bob@example.com").await;
    let accept = AcceptInvite { token: invite.token.clone(), ..AcceptInvite::default() };
    assert!(app.flows.accept_invite_without_password(&accept, &FlowClient::default()).await.is_err());
    let body = json!({ "token": invite.token, "without_password": true });
    let refused = app.anonymous().post("/auth/invites/accept", body).await;
    refused.is_error(400, "not_allowed", "There is no auth provider emailcode");
}
