//! 26: every route with a declared body refuses protected and unknown fields, and applies none of the others.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::documented::operations;
use crate::support::{Client, PASSWORD, TestApp};

on_both_engines!(every_declared_body_refuses_undeclared_fields, routes_of_auth_without_a_body_refuse_unknown_fields,);

const PROTECTED: &[&str] = &[
    "id",
    "roles",
    "email",
    "app_metadata",
    "user_metadata",
    "provider_metadata",
    "created_at",
    "updated_at",
    "deleted_at",
    "accepted",
    "expires_at",
    "invited_by",
    "user_id",
    "actor_type",
    "is_super_admin",
    "password_hash",
    "__proto__",
    "constructor",
    "",
    "Email",
    "EMAIL ",
    "nosuch",
];

async fn every_declared_body_refuses_undeclared_fields(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let invite = admin.invite("bob@example.com").await;
    let registered = app.registered("bob@example.com").await;
    let before = (admin.get("/admin/users").await.ok(), admin.get("/admin/invites?state=all").await.ok());
    let mut refused = 0;
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let Some(declared) = operation.body().filter(|_| !operation.path.starts_with("/auth/{")) else { continue };
        let mut path = operation.at(|_| ada.id.clone());
        let client = match name.as_str() {
            "POST /admin/invites/accept" => {
                path = format!("{path}?token={}", invite.token);
                Client::clone(&registered)
            }
            _ => Client::clone(&admin),
        };
        for field in PROTECTED.iter().filter(|field| !declared.contains_key(**field)) {
            let mut body = json!({});
            for known in operation.required_fields() {
                body[known] = match (known, declared[known]["type"].as_str()) {
                    ("email", _) => json!("new@example.com"),
                    // Shorter than an invite's, and refused later than the fields.
                    ("token", _) if operation.path.starts_with("/auth/email/") => json!("nosuch"),
                    ("token", _) => json!(invite.token),
                    ("type", _) => json!("secret"),
                    (_, Some("array")) => json!(["nosuch"]),
                    (_, Some("integer")) => json!(1),
                    _ => json!(PASSWORD),
                };
            }
            // What a passkey's answer may stand for.
            for known in ["password", "code"] {
                if declared.contains_key("answer") && declared.contains_key(known) {
                    body[known] = json!(PASSWORD);
                }
            }
            // A change that would be made, if the rest were not refused.
            if declared.contains_key("first_name") {
                body["first_name"] = json!("Changed");
            }
            body[*field] = json!("x");
            let answer = client.ask(&operation.method, &path).json(&body).await;
            answer.is_invalid(&format!("Unrecognized fields: '{field}'"));
            refused += 1;
        }
    }
    assert!(refused > 80, "{refused}");
    let after = (admin.get("/admin/users").await.ok(), admin.get("/admin/invites?state=all").await.ok());
    assert_eq!(before, after);
    registered.accept(&invite.token).await.ok();
}

async fn routes_of_auth_without_a_body_refuse_unknown_fields(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let cookie = app.cookie(&ada.cookie().await);
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let token = app.reset_token("ada@example.com").await;
    for (client, method, path, body) in [
        (Client::clone(&app.anonymous()), "POST", "/auth/user/emailpass", credentials.clone()),
        (Client::clone(&app.anonymous()), "POST", "/auth/customer/emailpass", credentials.clone()),
        (Client::clone(&app.anonymous()), "POST", "/auth/user/emailpass/register", credentials.clone()),
        (app.bearer(&token), "POST", "/auth/user/emailpass/update", json!({ "password": "Other-harbour-77x" })),
        (Client::clone(&ada), "POST", "/auth/session", json!({})),
        (cookie.clone(), "DELETE", "/auth/session", json!({})),
        (Client::clone(&ada), "DELETE", "/auth/sessions", json!({})),
        (Client::clone(&ada), "POST", "/auth/token/refresh", json!({})),
    ] {
        for field in ["role", "app_metadata", "actor_id", "__proto__", "nosuch"] {
            let mut body = body.clone();
            body[field] = json!("super_admin");
            let answer = client.ask(method, path).json(&body).await;
            answer.is_invalid(&format!("Unrecognized fields: '{field}'"));
        }
    }
    // None of it had an effect, and the token of the reset is still valid.
    cookie.get("/admin/users/me").await.ok();
    let update = json!({ "password": "Other-harbour-77x" });
    app.bearer(&token).post("/auth/user/emailpass/update", update).await.ok();
}
