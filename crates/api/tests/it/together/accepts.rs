//! Concurrent acceptances of one invite (security.md 2).

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{MANY, at_once, sorted};
use crate::support::{Ask, Client, PASSWORD, TestApp};

on_both_engines!(
    4 threads: of_concurrent_acceptances_with_one_registration_one_succeeds,
    of_concurrent_acceptances_with_a_password_one_succeeds,
    of_concurrent_acceptances_with_several_registrations_one_succeeds,
    an_invite_is_accepted_or_revoked_but_not_both,
    an_invite_is_accepted_by_the_older_token_or_resent_but_not_both,
);

const EMAIL: &str = "ada@example.com";
const ALREADY: &str = "This invite was already accepted on 2026-11-22. Sign in instead.";

/// Asserts that one user exists beside the administrator, can sign in, and no other trace remains.
async fn assert_one_accepted(app: &TestApp, admin: &Client, passwords: &[String]) {
    assert_eq!(admin.get("/admin/users").await.ok()["count"], 2);
    let accepted = admin.get("/admin/invites?state=all").await.ok();
    assert_eq!((&accepted["count"], &accepted["invites"][0]["state"]), (&json!(1), &json!("accepted")));
    let mut signed_in = 0;
    for password in passwords {
        // More attempts than an account has: that limit is tested elsewhere.
        app.flows.auth().clear_attempts(EMAIL).await.unwrap();
        signed_in += usize::from(app.anonymous().sign_in(EMAIL, password).await.status == 200);
    }
    assert_eq!(signed_in, 1);
}

async fn of_concurrent_acceptances_with_one_registration_one_succeeds(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite(EMAIL).await;
    let registered = app.registered(EMAIL).await;
    let asks = (0..MANY).map(|number| {
        let path = format!("/admin/invites/accept?token={}", invite.token);
        registered.post(&path, json!({ "first_name": format!("Ada {number}") }))
    });
    let (succeeded, refused) = sorted(at_once(asks.collect()).await);
    assert_eq!((succeeded.len(), refused.len()), (1, MANY - 1));
    for answer in refused {
        answer.is_coded(401, "unauthorized", "invite_already_accepted", ALREADY);
    }
    let ada = app.anonymous().sign_in_as_user(EMAIL, PASSWORD).await;
    let mut seen = succeeded[0].json();
    seen["user"]["last_seen_at"] = json!(app.clock_text());
    ada.get("/admin/users/me").await.is(200, &seen);
    assert_one_accepted(&app, &admin, &[PASSWORD.to_owned()]).await;
}

async fn of_concurrent_acceptances_with_a_password_one_succeeds(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite(EMAIL).await;
    let passwords: Vec<String> = (0..MANY).map(|number| format!("Harbour-number-{number}")).collect();
    let asks: Vec<Ask> =
        passwords.iter().map(|password| app.anonymous().accept_with_password(&invite.token, password)).collect();
    let (succeeded, refused) = sorted(at_once(asks).await);
    assert_eq!((succeeded.len(), refused.len()), (1, MANY - 1));
    for answer in refused {
        answer.is_coded(401, "unauthorized", "invite_already_accepted", ALREADY);
    }
    let token = succeeded[0].json()["token"].as_str().unwrap().to_owned();
    app.bearer(&token).get("/admin/users/me").await.ok();
    assert_one_accepted(&app, &admin, &passwords).await;
}

/// A late caller gets either the message that the invite was accepted, or 401: the registration has been deleted.
async fn of_concurrent_acceptances_with_several_registrations_one_succeeds(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite(EMAIL).await;
    let passwords: Vec<String> = (0..MANY).map(|number| format!("Harbour-number-{number}")).collect();
    let mut registered = Vec::new();
    for password in &passwords {
        registered.push(app.anonymous().register(EMAIL, password).await);
    }
    let asks = registered.iter().map(|registered| registered.accept(&invite.token)).collect();
    let (succeeded, refused) = sorted(at_once(asks).await);
    assert_eq!((succeeded.len(), refused.len()), (1, MANY - 1));
    for answer in refused {
        match answer.json().get("code") {
            Some(_) => answer.is_coded(401, "unauthorized", "invite_already_accepted", ALREADY),
            None => answer.is_unauthorized(),
        }
    }
    assert_one_accepted(&app, &admin, &passwords).await;
}

async fn an_invite_is_accepted_or_revoked_but_not_both(app: TestApp) {
    let admin = app.admin().await;
    for number in 0..8 {
        let email = format!("u{number}@example.com");
        let invite = admin.invite(&email).await;
        let answers = at_once(vec![
            app.anonymous().accept_with_password(&invite.token, PASSWORD),
            admin.delete(&format!("/admin/invites/{}", invite.id)),
        ])
        .await;
        let is_accepted = answers[0].status == 200;
        assert_eq!(answers[1].status, 200);
        let found = admin.get(&format!("/admin/invites/{}?state=all", invite.id)).await.ok();
        assert_eq!(found["invite"]["state"], if is_accepted { "accepted" } else { "revoked" });
        if !is_accepted {
            assert_eq!(answers[0].json()["code"], "invite_revoked");
        }
        assert_eq!(admin.get(&format!("/admin/users?email={email}")).await.ok()["count"], u64::from(is_accepted));
    }
}

/// security.md 3
async fn an_invite_is_accepted_by_the_older_token_or_resent_but_not_both(app: TestApp) {
    let admin = app.admin().await;
    for number in 0..8 {
        let invite = admin.invite(&format!("u{number}@example.com")).await;
        let answers = at_once(vec![
            app.anonymous().accept_with_password(&invite.token, PASSWORD),
            admin.post_nothing(&format!("/admin/invites/{}/resend", invite.id)),
        ])
        .await;
        match answers[0].status {
            200 => {
                let message = format!("The following invites do not exist: {}", invite.id);
                answers[1].is_error(400, "invalid_data", &message);
            }
            _ => {
                assert_eq!(answers[0].json()["code"], "invite_token_replaced");
                let newer = answers[1].ok()["invite"]["token"].as_str().unwrap().to_owned();
                app.anonymous().accept_with_password(&newer, PASSWORD).await.ok();
            }
        }
    }
}
