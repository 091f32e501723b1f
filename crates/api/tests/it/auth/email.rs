//! `POST /auth/email`, `/auth/email/confirm`, `/auth/email/revert`, and `POST /admin/users/{id}/email`

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{Client, PASSWORD, TestApp, User};

on_both_engines!(
    the_new_address_confirms_and_everything_changes_at_once,
    a_stranger_with_the_mail_confirms_nothing,
    the_old_address_is_reserved_for_seven_days,
    the_old_address_reverts_the_change_for_seven_days,
    a_taken_address_does_not_show,
    a_link_works_once_and_the_newest_alone,
    what_ends_sessions_voids_a_change_that_waits,
    a_reverted_change_is_not_made_again_by_a_later_link,
    an_administrator_requests_it_for_a_user,
    a_request_needs_a_fresh_proof_and_is_limited,
    the_mails_to_an_address_are_spaced,
    an_invite_to_the_new_address_is_revoked,
    a_reset_for_an_invited_address_repeats_the_invite,
);

const ADA: &str = "ada@example.com";
const NEW: &str = "ada.lovelace@example.com";
const REQUEST: &str = "/auth/email";
const CONFIRM: &str = "/auth/email/confirm";
const REVERT: &str = "/auth/email/revert";
const INVALID: &str = "This link does not work any more. Request the change of the address again.";

/// The token of the newest event of this name.
async fn token(app: &TestApp, event: &str) -> String {
    app.events(event).await[0]["token"].as_str().unwrap().to_owned()
}

/// Requests a change, and returns the token of the mail to the new address.
async fn requested(app: &TestApp, user: &User, email: &str) -> String {
    user.post(REQUEST, json!({ "email": email })).await.is(200, &json!({ "success": true }));
    token(app, "auth.email_change_requested").await
}

async fn confirm(user: &User, token: &str) {
    user.post(CONFIRM, json!({ "token": token })).await.is(200, &json!({ "success": true }));
}

async fn is_invalid(app: &TestApp, path: &str, token: &str) {
    let refused = app.anonymous().post(path, json!({ "token": token })).await;
    refused.is_coded(400, "not_allowed", "email_change_link_invalid", INVALID);
}

async fn email_of(client: &Client) -> Json {
    client.get("/admin/users/me").await.ok()["user"]["email"].clone()
}

/// security.md 2, 45
async fn the_new_address_confirms_and_everything_changes_at_once(app: TestApp) {
    let (ada, elsewhere) = (app.user(ADA).await, app.user(ADA).await);
    let reset = app.reset_token(ADA).await;
    let token = requested(&app, &ada, NEW).await;
    let event = &app.events("auth.email_change_requested").await[0];
    assert_eq!((&event["entity_id"], &event["old_email"]), (&json!(NEW), &json!(ADA)));
    assert_eq!(email_of(&ada).await, ADA, "nothing changes before the new address confirms");
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;

    confirm(&ada, &token).await;
    elsewhere.get("/admin/users/me").await.is_unauthorized();
    assert_eq!(email_of(&ada).await, NEW, "the session that confirmed goes on");
    app.anonymous().sign_in(ADA, PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
    let ada = app.anonymous().sign_in_as_user(NEW, PASSWORD).await;
    assert_eq!(email_of(&ada).await, NEW);
    let identities = ada.get("/auth/identities").await.ok();
    assert_eq!(identities["identities"][0]["entity_id"], NEW);
    // Nothing that was pending for the old address survives.
    let refused = app.bearer(&reset).post("/auth/user/emailpass/update", json!({ "password": PASSWORD })).await;
    assert_eq!(refused.status, 401, "a reset that was mailed to the old address");
    let event = &app.events("auth.email_changed").await[0];
    assert_eq!((&event["entity_id"], &event["new_email"]), (&json!(ADA), &json!(NEW)), "the old address is notified");
    let entries = app.audited("email.changed").await;
    assert_eq!((entries.len(), &entries[0]["target_id"]), (1, &json!(ada.id)));
    assert_eq!((&entries[0]["before"]["email"], &entries[0]["after"]["email"]), (&json!(ADA), &json!(NEW)));
    assert_eq!(app.events("user.updated").await.len(), 1);
}

/// security.md 45
async fn a_stranger_with_the_mail_confirms_nothing(app: TestApp) {
    let ada = app.user(ADA).await;
    let token = requested(&app, &ada, NEW).await;
    let body = || json!({ "token": token });
    let message = "Sign in to the account whose address changes, and confirm the change again.";
    for caller in [Client::clone(&app.anonymous()), app.bearer("rubbish"), app.bearer(&app.registered(NEW).await.token)]
    {
        caller.post(CONFIRM, body()).await.is_coded(401, "unauthorized", "email_change_sign_in", message);
    }
    let bob = app.user("bob@example.com").await;
    let message = "This link is for another account. Sign in to that account, and confirm the change again.";
    bob.post(CONFIRM, body()).await.is_coded(403, "forbidden", "email_change_of_another_account", message);
    assert_eq!(email_of(&ada).await, ADA);
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await.post(CONFIRM, body()).await.ok();
    app.anonymous().sign_in_as_user(NEW, PASSWORD).await;
}

/// security.md 45: the link to revert the change always works.
async fn the_old_address_is_reserved_for_seven_days(app: TestApp) {
    let ada = app.user(ADA).await;
    let link = requested(&app, &ada, NEW).await;
    confirm(&ada, &link).await;
    let admin = app.admin().await;
    let message = format!(
        "The address {ADA} is reserved: a user had it until a change that can still be reverted. Use another one, or wait \
         seven days."
    );
    let refused = admin.post("/admin/invites", json!({ "email": ADA })).await;
    refused.is_coded(400, "invalid_data", "email_reserved", &message);
    let refused = admin.post("/admin/users", json!({ "email": ADA, "password": PASSWORD })).await;
    refused.is_coded(400, "invalid_data", "email_reserved", &message);
    // As of any taken address, nothing shows to users.
    let bob = app.user("bob@example.com").await;
    bob.post(REQUEST, json!({ "email": ADA })).await.is(200, &json!({ "success": true }));
    assert_eq!(app.events("auth.email_change_refused").await[0]["entity_id"], ADA);
    assert_eq!(app.events("auth.email_change_requested").await.len(), 1, "no link leaves");
    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    app.admin().await.invite(ADA).await;
}

/// security.md 45
async fn the_old_address_reverts_the_change_for_seven_days(app: TestApp) {
    let ada = app.user(ADA).await;
    let first = requested(&app, &ada, NEW).await;
    confirm(&ada, &first).await;
    let revert = token(&app, "auth.email_changed").await;
    let stranger = app.anonymous().sign_in_as_user(NEW, PASSWORD).await;
    app.anonymous().post(REVERT, json!({ "token": revert })).await.is(200, &json!({ "success": true }));
    stranger.get("/admin/users/me").await.is_unauthorized();
    app.anonymous().sign_in(NEW, PASSWORD).await.is_error(401, "unauthorized", "Invalid email or password");
    // A link to set a password is mailed to the old address.
    let event = &app.events("auth.password_reset").await[0];
    assert_eq!(event["entity_id"], ADA);
    let reset = app.bearer(event["token"].as_str().unwrap());
    reset.post("/auth/user/emailpass/update", json!({ "password": "Brand-new-quarry-19" })).await.ok();
    let ada = app.anonymous().sign_in_as_user(ADA, "Brand-new-quarry-19").await;
    assert_eq!(email_of(&ada).await, ADA);
    assert_eq!(app.audited("email.change_reverted").await.len(), 1);
    is_invalid(&app, REVERT, &revert).await;

    // Too late.
    let bob = app.user("bob@example.com").await;
    let bobs = requested(&app, &bob, "robert@example.com").await;
    confirm(&bob, &bobs).await;
    let revert = token(&app, "auth.email_changed").await;
    app.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    is_invalid(&app, REVERT, &revert).await;
}

/// security.md 10, 45: also where the address is taken between the request and the confirmation.
async fn a_taken_address_does_not_show(app: TestApp) {
    let ada = app.user(ADA).await;
    app.user("bob@example.com").await;
    let customer = json!({ "email": "customer@example.com", "password": PASSWORD });
    app.anonymous().post("/auth/customer/emailpass/register", customer).await.ok();
    let visible = |answer: &crate::support::Answer| {
        let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
        format!("{} {:?} {}", answer.status, headers.collect::<Vec<_>>(), answer.text())
    };
    let free = ada.post(REQUEST, json!({ "email": NEW })).await;
    let waiting = token(&app, "auth.email_change_requested").await;
    let taken = ada.post(REQUEST, json!({ "email": "BOB@example.com" })).await;
    assert_eq!(visible(&free), visible(&taken));
    assert_eq!(app.events("auth.email_change_requested").await.len(), 1, "no link leaves");
    let notices = app.events("auth.email_change_refused").await;
    assert_eq!((notices.len(), &notices[0]["entity_id"]), (1, &json!("BOB@example.com")));
    assert!(!notices[0].to_string().contains(ADA), "the owner does not learn who it was");
    is_invalid(&app, CONFIRM, &waiting).await;

    let carl = requested(&app, &ada, "carl@example.com").await;
    app.user("carl@example.com").await;
    let refused = ada.post(CONFIRM, json!({ "token": carl })).await;
    let message = "Another account has the address carl@example.com. Choose another address.";
    refused.is_coded(400, "invalid_data", "email_of_another_account", message);
    assert_eq!(email_of(&ada).await, ADA);
    ada.post(REQUEST, json!({ "email": ADA })).await.is_coded(
        400,
        "not_allowed",
        "email_unchanged",
        "This is the address of the account already. Enter another one.",
    );
    // Another spelling is a change.
    let spelled = requested(&app, &ada, "Ada@example.com").await;
    confirm(&ada, &spelled).await;
    let ada = app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
    assert_eq!(email_of(&ada).await, "Ada@example.com");
}

/// security.md 1, 3, 4
async fn a_link_works_once_and_the_newest_alone(app: TestApp) {
    let ada = app.user(ADA).await;
    let older = requested(&app, &ada, NEW).await;
    let newer = requested(&app, &ada, "countess@example.com").await;
    is_invalid(&app, CONFIRM, &older).await;
    is_invalid(&app, REVERT, &newer).await;
    for other in [ada.token.as_str(), &app.reset_token(ADA).await, "", "rubbish"] {
        let refused = app.anonymous().post(CONFIRM, json!({ "token": other })).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
    }
    app.bearer(&newer).get("/admin/users/me").await.is_unauthorized();
    confirm(&ada, &newer).await;
    is_invalid(&app, CONFIRM, &newer).await;
    let revert = token(&app, "auth.email_changed").await;
    is_invalid(&app, CONFIRM, &revert).await;

    let ada = app.anonymous().sign_in_as_user("countess@example.com", PASSWORD).await;
    let late = requested(&app, &ada, NEW).await;
    // The second mail to the address leaves a minute later, and its link lives from then on.
    app.clock.advance(Duration::from_secs(24 * 60 * 60 + 60));
    is_invalid(&app, CONFIRM, &late).await;
    // A locked and a deleted user.
    let ada = app.anonymous().sign_in_as_user("countess@example.com", PASSWORD).await;
    let locked = requested(&app, &ada, NEW).await;
    let admin = app.admin().await;
    admin.post_nothing(&format!("/admin/users/{}/lock", ada.id)).await.ok();
    admin.post_nothing(&format!("/admin/users/{}/unlock", ada.id)).await.ok();
    is_invalid(&app, CONFIRM, &locked).await;
    let ada = app.anonymous().sign_in_as_user("countess@example.com", PASSWORD).await;
    app.clock.advance(Duration::from_secs(60 * 60));
    ada.prove().await;
    let deleted = requested(&app, &ada, NEW).await;
    app.admin().await.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    is_invalid(&app, CONFIRM, &deleted).await;
}

/// security.md 45: a stranger's session may have requested it.
async fn what_ends_sessions_voids_a_change_that_waits(app: TestApp) {
    let (ada, other) = (app.user(ADA).await, app.user(ADA).await);
    let waiting = requested(&app, &other, NEW).await;
    let change = json!({ "current_password": PASSWORD, "new_password": "Brand-new-quarry-19" });
    ada.post("/auth/password", change).await.ok();
    is_invalid(&app, CONFIRM, &waiting).await;
    let waiting = requested(&app, &ada, NEW).await;
    ada.delete("/auth/sessions").await.ok();
    is_invalid(&app, CONFIRM, &waiting).await;
}

/// security.md 45
async fn a_reverted_change_is_not_made_again_by_a_later_link(app: TestApp) {
    let ada = app.user(ADA).await;
    let link = requested(&app, &ada, "thief@example.com").await;
    confirm(&ada, &link).await;
    let first = token(&app, "auth.email_changed").await;
    // The thief changes it again, so that the link in their own mail would lead back to them.
    app.clock.advance(Duration::from_secs(1));
    let thief = app.anonymous().sign_in_as_user("thief@example.com", PASSWORD).await;
    let link = requested(&app, &thief, "thief2@example.com").await;
    confirm(&thief, &link).await;
    let second = token(&app, "auth.email_changed").await;
    let thief = app.anonymous().sign_in_as_user("thief2@example.com", PASSWORD).await;
    let waiting = requested(&app, &thief, "thief3@example.com").await;
    app.anonymous().post(REVERT, json!({ "token": first })).await.ok();
    is_invalid(&app, REVERT, &second).await;
    is_invalid(&app, CONFIRM, &waiting).await;
    app.anonymous().sign_in_as_user(ADA, PASSWORD).await;
}

/// security.md 38, 45
async fn an_administrator_requests_it_for_a_user(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user_who_may("bob@example.com", &["user:read"]).await;
    let path = format!("/admin/users/{}/email", ada.id);
    admin.post(&path, json!({ "email": NEW })).await.is(200, &json!({ "success": true }));
    assert_eq!(email_of(&ada).await, "bob@example.com");
    let link = token(&app, "auth.email_change_requested").await;
    assert_eq!(admin.post(CONFIRM, json!({ "token": link })).await.json()["code"], "email_change_of_another_account");
    confirm(&ada, &link).await;
    app.anonymous().sign_in_as_user(NEW, PASSWORD).await;
    let entries = app.audited("email.change_requested").await;
    assert_eq!((&entries[0]["actor_id"], &entries[0]["target_id"]), (&json!(admin.id), &json!(ada.id)));

    // Not of a user who may do more, nor by a key, nor for oneself, nor without a fresh proof.
    let helper = app.user_who_may("helper@example.com", &["user:read", "user:update"]).await;
    let body = || json!({ "email": "new@example.com" });
    let refused = helper.post(&format!("/admin/users/{}/email", admin.id), body()).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("policies_missing")), "{}", refused.text());
    let key = app.basic(&admin.api_key("CI", None).await.token);
    assert_eq!(key.post(&path, body()).await.json()["code"], "not_for_api_keys");
    let own = admin.post(&format!("/admin/users/{}/email", admin.id), body()).await;
    assert_eq!(own.json()["code"], "own_account");
    admin.post("/admin/users/user_nosuch/email", body()).await.is_error(
        404,
        "not_found",
        "User with id: user_nosuch was not found",
    );
    // The requester may no longer do what the user may.
    helper.post(&path, body()).await.ok();
    let link = token(&app, "auth.email_change_requested").await;
    let role = app.role("Writer", &["user:delete"]).await.id;
    admin.post(&path.replace("email", "roles"), json!({ "roles": [role] })).await.ok();
    is_invalid(&app, CONFIRM, &link).await;
    // A locked user, and one who has not accepted an invite.
    admin.post_nothing(&path.replace("email", "lock")).await.ok();
    assert_eq!(admin.post(&path, body()).await.json()["code"], "user_locked");
    let invited = admin.post("/admin/users", json!({ "email": "invited@example.com", "invite": true })).await.ok();
    let path = format!("/admin/users/{}/email", invited["user"]["id"].as_str().unwrap());
    assert_eq!(admin.post(&path, body()).await.json()["code"], "user_not_joined");
    app.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(admin.post(&path, body()).await.json()["code"], "fresh_proof_required");
    // The contract's update takes no address.
    let id: UserId = ada.id.parse().unwrap();
    let refused = admin.post(&format!("/admin/users/{id}"), body()).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
}

/// security.md 20
async fn a_request_needs_a_fresh_proof_and_is_limited(app: TestApp) {
    let ada = app.user(ADA).await;
    app.clock.advance(Duration::from_secs(60 * 60));
    let refused = ada.post(REQUEST, json!({ "email": NEW })).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("fresh_proof_required")));
    let wrong = ada.post(REQUEST, json!({ "email": NEW, "password": "Wrong-lantern-1" })).await;
    assert_eq!(wrong.json()["code"], "wrong_password");
    ada.post(REQUEST, json!({ "email": NEW, "password": PASSWORD })).await.ok();
    for number in 1..5 {
        ada.post(REQUEST, json!({ "email": format!("new{number}@example.com") })).await.ok();
    }
    let refused = ada.post(REQUEST, json!({ "email": "new5@example.com" })).await;
    let message = "Too many changes of the address were requested. Use the newest mail, or try again in an hour.";
    refused.is_coded(429, "too_many_requests", "too_many_email_changes", message);
    assert_eq!(refused.header("retry-after"), Some("3600"));
}

async fn the_mails_to_an_address_are_spaced(app: TestApp) {
    for number in 0..3 {
        let user = app.user(&format!("user{number}@example.com")).await;
        user.post(REQUEST, json!({ "email": NEW })).await.ok();
    }
    let events = app.events("auth.email_change_requested").await;
    let later: Vec<bool> = events.iter().map(|event| event.get("not_before").is_some()).collect();
    assert_eq!(later, [true, true, false], "newest first: the second and the third wait");
    assert!(events.iter().all(|event| event["origin"] == "stranger"));
}

/// security.md 6, 28
async fn an_invite_to_the_new_address_is_revoked(app: TestApp) {
    let ada = app.user(ADA).await;
    let invite = app.admin().await.invite(NEW).await;
    let link = requested(&app, &ada, NEW).await;
    confirm(&ada, &link).await;
    let refused = app.anonymous().accept_with_password(&invite.token, PASSWORD).await;
    assert_eq!(refused.json()["code"], "invite_revoked", "{}", refused.text());
    assert_eq!(app.audited("invite.revoked").await.len(), 1);
}

/// The same answer as for any address, and the link that was mailed before still works (security.md 10).
async fn a_reset_for_an_invited_address_repeats_the_invite(app: TestApp) {
    let invite = app.admin().await.invite("bob@example.com").await;
    let path = "/auth/user/emailpass/reset-password";
    let ask = |email: &str| app.anonymous().post(path, json!({ "identifier": email }));
    let (invited, unknown) = (ask("BOB@example.com").await, ask("nobody@example.com").await);
    assert_eq!((invited.status, invited.text()), (unknown.status, unknown.text()));
    let events = app.events("invite.resent").await;
    assert_eq!((events.len(), &events[0]["id"], &events[0]["origin"]), (1, &json!(invite.id), &json!("stranger")));
    assert!(app.events("auth.password_reset").await.is_empty());
    // Too soon: nothing is sent.
    ask("bob@example.com").await;
    assert_eq!(app.events("invite.resent").await.len(), 1);
    app.clock.advance(Duration::from_secs(60));
    ask("bob@example.com").await;
    assert_eq!(app.events("invite.resent").await.len(), 2);
    assert_eq!(app.audited("invite.resent").await.len(), 2);
    app.anonymous().accept_with_password(&invite.token, PASSWORD).await.ok();
    // An expired invite is not repeated, nor is one for another type of actor.
    app.admin().await.invite("carl@example.com").await;
    let customer = json!({ "identifier": "carl@example.com" });
    app.anonymous().post("/auth/customer/emailpass/reset-password", customer).await;
    app.clock.advance(Duration::from_secs(24 * 60 * 60));
    ask("carl@example.com").await;
    assert_eq!(app.events("invite.resent").await.len(), 2);
}
