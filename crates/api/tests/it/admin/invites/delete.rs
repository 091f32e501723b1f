//! `DELETE /admin/invites/{id}`

use serde_json::json;
use vestibule_core::Clock as _;
use vestibule_testing::on_both_engines;

use super::History;
use crate::support::{PASSWORD, TestApp};

on_both_engines!(delete_revokes_an_invite_and_keeps_it_in_the_history, delete_of_a_revoked_or_unknown_invite_succeeds);

async fn delete_revokes_an_invite_and_keeps_it_in_the_history(app: TestApp) {
    let history = History::of(app).await;
    let (admin, then) = (&history.admin, history.app.clock.now());
    for invite in [&history.pending, &history.expired] {
        let path = format!("/admin/invites/{}", invite.id);
        let deleted = json!({ "id": invite.id, "object": "invite", "deleted": true });
        admin.delete(&path).await.is(200, &deleted);
        assert_eq!(admin.get(&path).await.status, 404);
        let kept = admin.get(&format!("{path}?state=revoked")).await.ok();
        assert_eq!(kept["invite"]["revoked_at"], "2026-11-23T10:30:00.000Z");
        let refused = history.app.anonymous().accept_with_password(&invite.token, PASSWORD).await;
        assert_eq!(refused.json()["code"], "invite_revoked");
        // A second deletion changes nothing.
        history.app.clock.advance(std::time::Duration::from_secs(1));
        admin.delete(&path).await.is(200, &deleted);
        assert_eq!(admin.get(&format!("{path}?state=revoked")).await.ok(), kept);
        history.app.clock.set(then);
    }
    assert_eq!(admin.get("/admin/invites").await.ok()["count"], 0);
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 5);
}

/// notes H
async fn delete_of_a_revoked_or_unknown_invite_succeeds(app: TestApp) {
    let history = History::of(app).await;
    // An accepted invite stays accepted.
    for (path, id) in [
        (history.accepted.id.as_str(), history.accepted.id.as_str()),
        ("invite_nosuch", "invite_nosuch"),
        ("accept", "accept"),
        ("x,y", "x,y"),
        ("%00", "\0"),
    ] {
        let answer = history.admin.delete(&format!("/admin/invites/{path}?nosuch=1")).await;
        match path {
            // The reference reads the route's name as an id here.
            "accept" => assert_eq!((answer.status, answer.header("allow")), (405, Some("POST"))),
            _ => answer.is(200, &json!({ "id": id, "object": "invite", "deleted": true })),
        }
    }
    let accepted = history.admin.get(&format!("/admin/invites/{}?state=all", history.accepted.id)).await.ok();
    assert_eq!(accepted["invite"]["state"], "accepted");
}
