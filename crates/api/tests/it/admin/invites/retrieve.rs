//! `GET /admin/invites/{id}`

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::History;
use crate::support::TestApp;

on_both_engines!(
    retrieve_finds_invites_as_the_reference_and_the_history_on_request,
    retrieve_with_an_invalid_id_returns_404,
    retrieve_takes_the_parameters_of_one_invite,
);

async fn retrieve_finds_invites_as_the_reference_and_the_history_on_request(app: TestApp) {
    let history = History::of(app).await;
    let find = |id: &str, query: &str| history.admin.get(&format!("/admin/invites/{id}{query}"));
    for (invite, state) in [
        (&history.pending, "pending"),
        (&history.expired, "expired"),
        (&history.accepted, "accepted"),
        (&history.revoked, "revoked"),
        (&history.replaced, "revoked"),
    ] {
        let is_shown = state == "pending" || state == "expired";
        let found = find(&invite.id, &format!("?state={state}")).await.ok()["invite"].clone();
        assert_eq!((&found["id"], &found["state"]), (&json!(invite.id), &json!(state)));
        // The token is returned while it can be used, also once the invite is sent again.
        assert_eq!(found["token"], if is_shown { json!(invite.token) } else { json!(null) });
        assert_eq!(found["accepted"], state == "accepted");
        assert_eq!(find(&invite.id, "?state=all").await.ok()["invite"], found);
        assert_eq!(
            find(&invite.id, "?state[]=accepted&state[]=revoked").await.status,
            if is_shown { 404 } else { 200 }
        );
        match is_shown {
            true => assert_eq!(find(&invite.id, "").await.ok()["invite"], found),
            false => {
                let message = format!("Invite with id: {} was not found", invite.id);
                find(&invite.id, "").await.is_error(404, "not_found", &message);
            }
        }
    }
    let accepted = find(&history.accepted.id, "?state=all").await.ok()["invite"].clone();
    let user = history.admin.get("/admin/users?email=accepted@y.test").await.ok()["users"][0]["id"].clone();
    assert_eq!((&accepted["accepted_by"], &accepted["accepted_at"]), (&user, &json!("2026-11-22T09:30:00.000Z")));
    let revoked = find(&history.revoked.id, "?state=all").await.ok()["invite"].clone();
    assert_eq!((&revoked["revoked_at"], &revoked["replaced_by"]), (&json!("2026-11-22T09:30:00.000Z"), &json!(null)));
    let replaced = find(&history.replaced.id, "?state=all").await.ok()["invite"].clone();
    assert_eq!(replaced["replaced_by"], history.pending.id);
}

async fn retrieve_with_an_invalid_id_returns_404(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let user = invite.id.replace("invite_", "user_");
    let lower = invite.id.to_lowercase();
    for (path, id) in [
        ("invite_nosuch", "invite_nosuch"),
        ("%00", "\0"),
        ("a%2Fb", "a/b"),
        (&user, &user),
        (&lower, &lower),
        ("me", "me"),
    ] {
        let message = format!("Invite with id: {id} was not found");
        admin.get(&format!("/admin/invites/{path}")).await.is_error(404, "not_found", &message);
    }
    let refused = admin.get("/admin/invites/%ff").await;
    refused.is_error(400, "invalid_data", "The path is not valid UTF-8");
}

/// notes H
async fn retrieve_takes_the_parameters_of_one_invite(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let find = |query: &str| admin.get(&format!("/admin/invites/{}?{query}", invite.id));
    find("fields=token").await.is(200, &json!({ "invite": { "id": invite.id, "token": invite.token } }));
    find("fields=nosuch").await.is(200, &json!({ "invite": { "id": invite.id } }));
    assert_eq!(find("fields=-token").await.ok()["invite"].get("token"), None);
    for name in ["nosuch", "with_deleted", "limit"] {
        find(&format!("{name}=1")).await.is_invalid(&format!("Unrecognized fields: '{name}'"));
    }
    let states = "Invalid value for field 'state': expected pending, expired, accepted, revoked or all";
    for query in
        ["state=", "state=PENDING", "state=deleted", "state[]=all&state[]=x", "state[a]=all", "state=all&state=y"]
    {
        find(query).await.is_invalid(states);
    }
}
