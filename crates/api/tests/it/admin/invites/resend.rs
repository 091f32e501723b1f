//! `POST /admin/invites/{id}/resend`

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::History;
use crate::support::{Invited, PASSWORD, TestApp, forge};

on_both_engines!(
    resend_invalidates_the_older_token,
    an_expired_invite_can_be_resent,
    resend_of_an_invite_that_is_not_pending_is_refused,
);

async fn resend_invalidates_the_older_token(app: TestApp) {
    let admin = app.admin().await;
    let first = admin.post("/admin/invites", json!({ "email": "ada@example.com", "metadata": { "a": 1 } })).await.ok();
    let resend = format!("/admin/invites/{}/resend", first["invite"]["id"].as_str().unwrap());
    let mut tokens = vec![Invited::of(&first["invite"]).token];
    let mut expected = first;
    for times_sent in 2..=4 {
        app.clock.advance(Duration::from_secs(60 * 60));
        admin.prove().await;
        let resent = admin.post_nothing(&resend).await.ok();
        let now = app.clock_text();
        for name in ["sent_at", "updated_at"] {
            expected["invite"][name] = now.clone().into();
        }
        expected["invite"]["times_sent"] = times_sent.into();
        expected["invite"]["expires_at"] = now.replace("-22T", "-23T").into();
        expected["invite"]["token"] = resent["invite"]["token"].clone();
        assert_eq!(resent, expected);
        tokens.push(Invited::of(&resent["invite"]).token);
    }
    let newest = tokens.pop().unwrap();
    for older in &tokens {
        let refused = app.anonymous().accept_with_password(older, PASSWORD).await;
        refused.is_coded(
            401,
            "unauthorized",
            "invite_token_replaced",
            "This invite was sent again on 2026-11-22. Use the link in the newer mail, or ask for a new one.",
        );
        assert_ne!(forge::claims(older)["jti"], forge::claims(&newest)["jti"]);
    }
    app.anonymous().accept_with_password(&newest, PASSWORD).await.ok();
    // Also within one second, when the two tokens differ in nothing else.
    let (one, other) = (admin.invite("bob@example.com").await, "/admin/invites");
    let resent = admin.post_nothing(&format!("{other}/{}/resend", one.id)).await.ok();
    assert_ne!(resent["invite"]["token"], one.token);
    let refused = app.anonymous().accept_with_password(&one.token, PASSWORD).await;
    assert_eq!(refused.json()["code"], "invite_token_replaced");
}

async fn an_expired_invite_can_be_resent(app: TestApp) {
    let history = History::of(app).await;
    let resend = format!("/admin/invites/{}/resend", history.expired.id);
    let resent = history.admin.post_nothing(&resend).await.ok();
    assert_eq!((&resent["invite"]["state"], &resent["invite"]["times_sent"]), (&json!("pending"), &json!(2)));
    let token = Invited::of(&resent["invite"]).token;
    history.app.anonymous().accept_with_password(&token, PASSWORD).await.ok();
}

/// notes H
async fn resend_of_an_invite_that_is_not_pending_is_refused(app: TestApp) {
    let history = History::of(app).await;
    for id in [&history.accepted.id, &history.revoked.id, &history.replaced.id, "invite_nosuch", "x"] {
        let refused = history.admin.post_nothing(&format!("/admin/invites/{id}/resend")).await;
        refused.is_error(400, "invalid_data", &format!("The following invites do not exist: {id}"));
    }
    let pending = format!("/admin/invites/{}/resend", history.pending.id);
    history.admin.post_nothing(&format!("{pending}?nosuch=1")).await.is_invalid("Unrecognized fields: 'nosuch'");
    let shown = history.admin.post_nothing(&format!("{pending}?fields=email")).await;
    shown.is(200, &json!({ "invite": { "id": history.pending.id, "email": "Pending@y.test" } }));
    // The body is ignored, as in the reference.
    history.admin.post(&pending, json!({ "email": "other@y.test" })).await.ok();
}
