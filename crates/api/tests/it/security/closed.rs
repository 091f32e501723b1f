//! 25: every route is closed unless it is listed as public. The list is here; the routes are read from the document.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::documented::operations;
use crate::support::{Client, PASSWORD, TestApp};

on_both_engines!(every_guarded_route_is_closed_to_clients_without_a_user);

/// The routes that are open to every client.
const PUBLIC: &[&str] = &[
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
    "GET /auth/{actor_type}/providers",
    "GET /auth/{actor_type}/{provider}",
    "POST /auth/{actor_type}/{provider}",
    "GET /auth/{actor_type}/{provider}/callback",
    "POST /auth/{actor_type}/{provider}/callback",
    "POST /auth/{actor_type}/{provider}/register",
    "POST /auth/{actor_type}/{provider}/reset-password",
    "POST /auth/{actor_type}/{provider}/update",
    "POST /auth/verification/confirm",
    "POST /auth/email/confirm",
    "POST /auth/email/revert",
    "POST /auth/invites/preview",
    "POST /auth/invites/passkey",
    "POST /auth/invites/accept",
];

/// The further routes that are open to a registration without a user.
const REGISTERED: &[&str] = &[
    "POST /admin/invites/accept",
    "POST /auth/session",
    "DELETE /auth/session",
    "POST /auth/token/refresh",
    "POST /auth/verification/request",
    "POST /auth/{provider}/user",
    // Only the client's own challenge.
    "POST /auth/mfa/challenges/{id}/verify",
    // Second factors of their own, set up before an invite is accepted.
    "GET /auth/mfa/factors",
    "POST /auth/mfa/factors",
    "POST /auth/mfa/factors/{id}",
    "POST /auth/mfa/factors/{id}/verify",
    "DELETE /auth/mfa/factors/{id}",
    "POST /auth/mfa/recovery-codes",
];

async fn every_guarded_route_is_closed_to_clients_without_a_user(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let invite = admin.invite("bob@example.com").await;
    let registered = app.registered("bob@example.com").await;
    let body = json!({ "email": "bob@example.com", "password": PASSWORD });
    let customer = app.anonymous().post("/auth/customer/emailpass", body.clone()).await.ok();
    let gone = app.user("gone@example.com").await;
    admin.delete(&format!("/admin/users/{}", gone.id)).await.ok();
    let before = (admin.get("/admin/users").await.ok(), admin.get("/admin/invites?state=all").await.ok());

    let unauthenticated: [(&str, Client); 5] = [
        ("anonymous", Client::clone(&app.anonymous())),
        ("rubbish", app.bearer("rubbish")),
        ("an unknown cookie", app.cookie("connect.sid=rubbish")),
        ("an invite's token", app.bearer(&invite.token)),
        ("a deleted user", Client::clone(&gone)),
    ];
    let without_user: [(&str, Client); 2] = [
        ("a registration", Client::clone(&registered)),
        ("a customer", app.bearer(customer["token"].as_str().unwrap())),
    ];
    let mut guarded = 0;
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let is_public = PUBLIC.contains(&name.as_str());
        // Any client may send the token of a reset, which is not a session's: the route itself checks it.
        let takes_a_reset = operation.path.ends_with("/update");
        assert_eq!(operation.is_guarded(), !is_public || takes_a_reset, "{name}: is it public?");
        if is_public {
            continue;
        }
        guarded += 1;
        let path =
            operation.at(|_| if operation.path.contains("invites") { invite.id.clone() } else { ada.id.clone() });
        let is_for_registered = REGISTERED.contains(&name.as_str());
        let refused = unauthenticated.iter().chain(without_user.iter().filter(|_| !is_for_registered));
        for (who, client) in refused {
            // With a valid body, an invalid one and none: authentication comes first.
            for body in [Some(body.clone()), Some(json!({ "nosuch": [1] })), None] {
                let ask = client.ask(&operation.method, &path);
                let answer = if let Some(body) = body { ask.json(&body) } else { ask }.await;
                assert_eq!(
                    (answer.status, answer.json()),
                    (401, json!({ "message": "Unauthorized" })),
                    "{who} asks for {name}"
                );
            }
        }
    }
    assert_eq!(guarded + PUBLIC.len(), operations().len());
    assert!(guarded > REGISTERED.len());
    let after = (admin.get("/admin/users").await.ok(), admin.get("/admin/invites?state=all").await.ok());
    assert_eq!(before, after);
}
