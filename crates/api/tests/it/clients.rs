//! What Medusa's clients compare in responses, as `@medusajs/dashboard` and `@medusajs/js-sdk` 2.21.2 have it: messages
//! and statuses that decide what they do next. What they only display may have our own words.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp, WRONG_CODE, forge};

on_both_engines!(
    taken_address_is_refused_in_the_sentence_that_makes_the_admin_sign_in,
    weak_password_is_no_400_which_would_make_the_admin_give_up_the_invite,
    invite_that_cannot_be_accepted_is_no_400,
    missing_code_is_reported_in_the_sentence_that_makes_the_admin_ask_for_it,
    wrong_password_is_the_401_that_the_admin_shows_at_the_form,
    refused_invite_is_the_400_whose_message_the_admin_shows,
    tokens_in_links_have_the_claims_that_the_admin_reads,
);

/// The Admin's page of an invite signs in when this message comes with a 401, and gives up otherwise.
async fn taken_address_is_refused_in_the_sentence_that_makes_the_admin_sign_in(app: TestApp) {
    app.user("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": "Harbour-quarry-77x" });
    let refused = app.anonymous().post("/auth/user/emailpass/register", body).await;
    refused.is_error(401, "unauthorized", "Identity with email already exists");
}

/// A 400 while an invite is accepted disables the button of the Admin's page, whatever the message says.
async fn weak_password_is_no_400_which_would_make_the_admin_give_up_the_invite(app: TestApp) {
    let body = json!({ "email": "ada@example.com", "password": "password" });
    assert_eq!(app.anonymous().post("/auth/user/emailpass/register", body).await.status, 422);
}

async fn invite_that_cannot_be_accepted_is_no_400(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    admin.post_nothing(&format!("/admin/invites/{}/resend", invite.id)).await.ok();
    let ada = app.registered("ada@example.com").await;
    assert_eq!(ada.accept(&invite.token).await.status, 401);
}

/// The Admin's profile asks for a code if the message contains this sentence, and gives up otherwise.
async fn missing_code_is_reported_in_the_sentence_that_makes_the_admin_ask_for_it(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let factor = app.enrol(&ada).await;
    let path = format!("/auth/mfa/factors/{}", factor.id);
    app.clock.advance(Duration::from_secs(10 * 60 + 1));
    for body in [json!({}), json!({ "password": PASSWORD })] {
        ada.delete(&path).json(&body).await.is(
            403,
            &json!({
                "type": "forbidden",
                "code": "fresh_proof_required",
                "message": "MFA verification code is required to disable MFA",
                "hint": "This account has a second factor: confirm with a code of it as `code`, with a recovery code, or with a passkey (POST /auth/proof/challenge)",
            }),
        );
    }
    // The code that the Admin then sends, wrong and right.
    let with = |code: &str| ada.delete(&path).json(&json!({ "method": "totp", "code": code }));
    assert_eq!(with(WRONG_CODE).await.status, 400);
    let disabled = with(&app.next_code(&factor.secret)).await.ok();
    assert_eq!(disabled["mfa_factor"]["status"], "disabled");
    // A pending factor is not a second factor yet: the password is the proof, and the sentence would be wrong.
    app.clock.advance(Duration::from_secs(9 * 60));
    let pending = ada.post("/auth/mfa/factors", json!({ "provider": "totp" })).await.ok();
    let pending = format!("/auth/mfa/factors/{}", pending["mfa_factor"]["id"].as_str().unwrap());
    app.clock.advance(Duration::from_secs(2 * 60));
    let refused = ada.delete(&pending).json(&json!({})).await;
    assert_eq!((refused.status, refused.json().get("hint")), (403, None), "{}", refused.text());
    assert_eq!(refused.json()["code"], "fresh_proof_required");
}

async fn wrong_password_is_the_401_that_the_admin_shows_at_the_form(app: TestApp) {
    app.user("ada@example.com").await;
    let refused = app.anonymous().sign_in("ada@example.com", "Other-harbour-77x").await;
    refused.is_error(401, "unauthorized", "Invalid email or password");
}

/// The form for a new invite shows the message of a 400 and ignores every other status.
async fn refused_invite_is_the_400_whose_message_the_admin_shows(app: TestApp) {
    let admin = app.admin().await;
    admin.invite("ada@example.com").await;
    for (email, message) in [
        ("ada@example.com", "Invite with email: ada@example.com, already exists."),
        ("admin@example.com", "User account for following email(s) already exist: admin@example.com"),
    ] {
        let refused = admin.post("/admin/invites", json!({ "email": email })).await;
        assert_eq!((refused.status, &refused.json()["message"]), (400, &json!(message)));
    }
}

/// The pages of an invite and of a reset open only with a token that has these claims, as texts and numbers.
async fn tokens_in_links_have_the_claims_that_the_admin_reads(app: TestApp) {
    let admin = app.admin().await;
    let invite = forge::claims(&admin.invite("ada@example.com").await.token);
    assert!(["id", "jti", "email"].iter().all(|name| invite[*name].is_string()), "{invite}");
    let reset = forge::claims(&app.reset_token("admin@example.com").await);
    assert!(["entity_id", "provider"].iter().all(|name| reset[*name].is_string()), "{reset}");
    let are_times = |claims: &Json| ["exp", "iat"].iter().all(|name| claims[*name].is_number());
    assert!(are_times(&invite) && are_times(&reset), "{invite} {reset}");
}
