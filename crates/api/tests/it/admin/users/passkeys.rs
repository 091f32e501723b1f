//! `/admin/users/{id}/mfa/{mfa_id}`: an administrator sees the passkeys of a user, and removes one.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::authenticator::Authenticator;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::passkeys::{
    ADA, SITE, accept_with_passkey, add, not_allowed, open, refused, sign_in, with_passkey,
};
use crate::support::{Client, PASSWORD, TestApp, User, together};

on_both_engines!(
    an_administrator_sees_and_removes_one_passkey,
    sessions_that_the_passkey_began_end_and_others_stay,
    a_reset_ends_the_sessions_of_passkeys,
    the_owner_keeps_the_session_that_removes_a_passkey,
    the_last_sign_in_method_of_a_user_stays,
    of_two_administrators_one_removes_the_last_but_one,
    only_a_factor_of_the_user_is_removed,
    without_power_or_proof_nothing_is_removed,
    a_removal_voids_a_change_of_address,
);

fn factors(user: &User) -> String {
    format!("/admin/users/{}/mfa", user.id)
}

fn path(user: &User, factor: &Json) -> String {
    format!("{}/{}", factors(user), factor["id"].as_str().unwrap())
}

/// Signs in with a passkey, and returns the client of the session.
async fn session(app: &TestApp, device: &mut Authenticator) -> Client {
    app.bearer(sign_in(app, device).await.ok()["token"].as_str().unwrap())
}

/// Signs in with the password and then a passkey.
async fn session_after_password(app: &TestApp, device: &mut Authenticator) -> Client {
    let pending = app.pending_sign_in(ADA).await;
    let answer = device.get(&pending.challenge["ceremonies"]["passkey"]);
    let answer = pending.client.post(&pending.path(), json!({ "method": "passkey", "answer": answer })).await;
    app.bearer(answer.ok()["token"].as_str().unwrap())
}

/// A user who accepts an invite with a passkey, and has no password.
async fn without_password(app: &TestApp) -> (Client, String, Authenticator) {
    let invite = app.admin().await.invite(ADA).await;
    let client = app.anonymous();
    let mut device = Authenticator::new(SITE);
    let accepted = accept_with_passkey(&client, &invite.token, &mut device).await;
    let path = format!("/admin/users/{}/mfa", accepted["user"]["id"].as_str().unwrap());
    (app.bearer(accepted["token"].as_str().unwrap()), path, device)
}

async fn is_signed_in(client: &Client) -> bool {
    let answer = client.get("/admin/users/me").await;
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text());
    answer.status == 200
}

async fn an_administrator_sees_and_removes_one_passkey(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut laptop) = with_passkey(&app).await;
    let mut phone = Authenticator { backup: (true, true), step: 0, ..Authenticator::new(SITE) };
    app.clock.advance(Duration::from_secs(60));
    let second = add(&ada, &mut phone, "Phone").await;
    let admin = app.admin().await;
    let listed = admin.get(&factors(&ada)).await.ok()["mfa_factors"].clone();
    let seen = |index: usize, field: &str| listed[index][field].clone();
    assert_eq!((seen(0, "name"), seen(1, "name")), (json!("Laptop"), json!("Phone")));
    assert_eq!(seen(1, "created_at"), second["created_at"]);
    assert!(seen(1, "last_used_at").is_string(), "{listed}");
    assert_eq!(listed[0]["details"]["device_bound"], json!(true));
    assert_eq!(listed[1]["details"]["backed_up"], json!(true));
    let methods = format!("/admin/users/{}/auth-providers", ada.id);
    let has_passkeys = async || admin.get(&methods).await.text().contains("passkey");

    let removed = admin.delete(&path(&ada, &listed[0])).await;
    removed.is(200, &json!({ "id": listed[0]["id"], "object": "mfa_factor", "deleted": true }));
    refused(&sign_in(&app, &mut laptop).await, "passkey_unknown");
    sign_in(&app, &mut phone).await.ok();
    assert!(has_passkeys().await);
    // Again, as from a page that was loaded before: nothing is left to remove, and nothing is recorded twice.
    admin.delete(&path(&ada, &listed[0])).await.ok();
    let events = app.events("auth.mfa_disabled").await;
    assert_eq!(events.len(), 1, "one mail to the owner: {events:?}");
    assert_eq!(events[0]["mfa_id"], listed[0]["id"]);
    let audited = app.audited("mfa.disabled").await;
    let entry = audited.first().unwrap();
    assert_eq!((audited.len(), &entry["actor_id"], &entry["target_id"]), (1, &json!(admin.id), &json!(ada.id)));
    assert_eq!((&entry["after"]["mfa_id"], &entry["after"]["name"]), (&listed[0]["id"], &json!("Laptop")));

    // With the last one, the password alone is enough, and recovery codes are gone.
    ada.post("/auth/mfa/recovery-codes", json!({})).await.ok();
    admin.delete(&path(&ada, &listed[1])).await.ok();
    refused(&sign_in(&app, &mut phone).await, "passkey_unknown");
    assert!(!has_passkeys().await);
    assert_eq!(app.count("auth_mfa_recovery_codes").await, 0);
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
}

async fn sessions_that_the_passkey_began_end_and_others_stay(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut laptop) = with_passkey(&app).await;
    let mut phone = Authenticator::new(SITE);
    let second = add(&ada, &mut phone, "Phone").await;
    let begun = session(&app, &mut phone).await;
    let cookie = app.cookie(&begun.cookie().await);
    let after_password = session_after_password(&app, &mut phone).await;
    let others = [session(&app, &mut laptop).await, session_after_password(&app, &mut laptop).await];
    assert!(is_signed_in(&begun).await && is_signed_in(&cookie).await && is_signed_in(&after_password).await);
    app.admin().await.delete(&path(&ada, &second)).await.ok();
    for ended in [&begun, &cookie, &after_password] {
        assert!(!is_signed_in(ended).await);
    }
    for other in others.iter().chain([&Client::clone(&ada)]) {
        assert!(is_signed_in(other).await);
    }
}

async fn a_reset_ends_the_sessions_of_passkeys(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut laptop) = with_passkey(&app).await;
    let begun = session(&app, &mut laptop).await;
    app.admin().await.delete(&factors(&ada)).await.ok();
    assert!(!is_signed_in(&begun).await);
    // This one began with the password, before there was a passkey.
    assert!(is_signed_in(&ada).await);
}

async fn the_owner_keeps_the_session_that_removes_a_passkey(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (_, mut laptop) = with_passkey(&app).await;
    let (here, elsewhere) = (session(&app, &mut laptop).await, session(&app, &mut laptop).await);
    let listed = here.get("/auth/mfa/factors").await.ok();
    let id = listed["mfa_factors"][0]["id"].as_str().unwrap().to_owned();
    here.delete(&format!("/auth/mfa/factors/{id}")).await.ok();
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&elsewhere).await);
}

/// security.md 44
async fn the_last_sign_in_method_of_a_user_stays(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, path, mut device) = without_password(&app).await;
    let admin = app.admin().await;
    let listed = admin.get(&path).await.ok()["mfa_factors"].clone();
    let only = format!("{path}/{}", listed[0]["id"].as_str().unwrap());
    admin.delete(&only).await.is_coded(
        400,
        "not_allowed",
        "last_sign_in_method_of_user",
        "This passkey is the only sign-in method of the user, who could not sign in without it. Lock the user, delete \
         the user, or reset all second factors: DELETE /admin/users/{id}/mfa.",
    );
    assert!(is_signed_in(&ada).await);
    sign_in(&app, &mut device).await.ok();
    // An authenticator app signs no one in on its own, and goes.
    let app_factor = app.enrol(&ada).await;
    admin.delete(&format!("{path}/{}", app_factor.id)).await.ok();
    // Another passkey is another sign-in method. The first session began with the passkey of the invite.
    let mut tablet = Authenticator::new(SITE);
    let second = add(&ada, &mut tablet, "Tablet").await;
    admin.delete(&only).await.ok();
    refused(&sign_in(&app, &mut device).await, "passkey_unknown");
    assert!(!is_signed_in(&ada).await);
    let rest = format!("{path}/{}", second["id"].as_str().unwrap());
    not_allowed(&admin.delete(&rest).await, "last_sign_in_method_of_user");
    sign_in(&app, &mut tablet).await.ok();
    // What the message names works.
    admin.delete(&path).await.ok();
    refused(&sign_in(&app, &mut tablet).await, "passkey_unknown");
}

/// security.md 44: a check before a write would let both go.
async fn of_two_administrators_one_removes_the_last_but_one(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, path, _) = without_password(&app).await;
    add(&ada, &mut Authenticator::new(SITE), "Tablet").await;
    let (admin, second) = (app.admin().await, app.user("second@example.com").await);
    let listed = admin.get(&path).await.ok()["mfa_factors"].clone();
    let removed = together(2, |number| {
        let client = if number == 0 { Client::clone(&admin) } else { Client::clone(&second) };
        let path = format!("{path}/{}", listed[number]["id"].as_str().unwrap());
        async move { client.delete(&path).await.status }
    });
    let mut statuses = removed.await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

async fn only_a_factor_of_the_user_is_removed(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, _) = with_passkey(&app).await;
    let bob = app.user("bob@example.com").await;
    let mut key = Authenticator::new(SITE);
    let bobs = add(&bob, &mut key, "Key").await;
    let admin = app.admin().await;
    let wrong = admin.delete(&path(&ada, &bobs)).await;
    let id = bobs["id"].as_str().unwrap();
    wrong.is_error(404, "not_found", &format!("MFA factor with id \"{id}\" was not found"));
    for id in ["authmfa_01ARZ3NDEKTSV4RRFFQ69G5FAV", "user_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nosuch", "%00"] {
        assert_eq!(admin.delete(&format!("{}/{id}", factors(&ada))).await.status, 404);
        assert_eq!(admin.delete(&format!("/admin/users/nosuch/mfa/{id}")).await.status, 404);
    }
    sign_in(&app, &mut key).await.ok();
}

/// security.md 5, 20 and 38
async fn without_power_or_proof_nothing_is_removed(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut laptop) = with_passkey(&app).await;
    let listed = ada.get("/auth/mfa/factors").await.ok()["mfa_factors"].clone();
    let ask = |client: &Client| client.delete(&path(&ada, &listed[0]));
    let reader = app.user_who_may("reader@example.com", &["user:read"]).await;
    let missing = "Insufficient permissions. Required policies: mfa:delete";
    ask(&reader).await.is_error(403, "forbidden", missing);
    // Ada is a super admin.
    let helper = app.user_who_may("helper@example.com", &["user:read", "mfa:delete"]).await;
    let above = ask(&helper).await;
    assert_eq!((above.status, &above.json()["code"]), (403, &json!("policies_missing")), "{}", above.text());
    let message = "To remove a factor of your own, send DELETE /auth/mfa/factors/{id}";
    ask(&ada).await.is_error(400, "not_allowed", message);
    let admin = app.admin().await;
    let key = app.basic(&admin.api_key("CI", None).await.token);
    assert_eq!(ask(&key).await.json()["code"], "not_for_api_keys");
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    assert_eq!(ask(&admin).await.json()["code"], "fresh_proof_required");
    sign_in(&app, &mut laptop).await.ok();
    assert_eq!(app.events("auth.mfa_disabled").await.len(), 0);
    admin.prove().await;
    ask(&admin).await.ok();
}

/// security.md 45: the session of a stolen device may have requested it.
async fn a_removal_voids_a_change_of_address(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let (ada, mut laptop) = with_passkey(&app).await;
    let stolen = session(&app, &mut laptop).await;
    stolen.post("/auth/email", json!({ "email": "evil@example.com" })).await.ok();
    let link = app.events("auth.email_change_requested").await[0]["token"].clone();
    let listed = ada.get("/auth/mfa/factors").await.ok()["mfa_factors"].clone();
    app.admin().await.delete(&path(&ada, &listed[0])).await.ok();
    not_allowed(&ada.post("/auth/email/confirm", json!({ "token": link })).await, "email_change_link_invalid");
    assert_eq!(ada.get("/admin/users/me").await.ok()["user"]["email"], json!(ADA));
}
