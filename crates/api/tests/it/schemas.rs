//! Responses have the fields that the document describes, no more and no fewer, of the documented types. The client of
//! every test checks every response against it, see `support::documented`; here each operation succeeds once.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::documented::operations;
use crate::support::{Client, PASSWORD, RoleScene, Sink, TestApp, User, forge};

on_both_engines!(every_operation_succeeds_in_the_documented_form);

/// The session id of a token.
fn session_of(user: &User) -> String {
    forge::claims(&user.token)["sid"].as_str().unwrap().to_owned()
}

/// The ids of a webhook and of a delivery to it.
async fn webhook_and_delivery(app: &TestApp, admin: &User) -> (String, String) {
    let webhook = admin.webhook("https://hooks.example.com").await;
    admin.post_nothing(&format!("{}/test", webhook.path)).await.ok();
    app.deliver(&[&Sink::new("webhook", &webhook.id, "webhook.test")]).await;
    let deliveries = admin.get(&format!("{}/deliveries", webhook.path)).await.ok();
    (webhook.id, deliveries["deliveries"][0]["id"].as_str().unwrap().to_owned())
}

async fn every_operation_succeeds_in_the_documented_form(app: TestApp) {
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    admin.post(&format!("/admin/users/{}", ada.id), json!({ "metadata": { "a": 1 } })).await.ok();
    let entry = admin.get("/admin/audit").await.ok()["audit_entries"][0]["id"].as_str().unwrap().to_owned();
    let roles = RoleScene::of(&app, &ada).await;
    for (number, operation) in operations().iter().enumerate() {
        let name = format!("{} {}", operation.method, operation.path);
        let email = format!("u{number}@example.com");
        let invite = ada.invite(&email).await;
        // A user with a second factor, for the requests about factors.
        let careful = app.user(&format!("careful{number}@example.com")).await;
        let is_mfa = operation.path.contains("mfa");
        let factor = if is_mfa { Some(app.enrol(&careful).await) } else { None };
        let half = if is_mfa { Some(app.pending_sign_in(&format!("careful{number}@example.com")).await) } else { None };
        let code = factor.as_ref().map(|factor| app.next_code(&factor.secret));
        let credentials = json!({ "email": email, "password": PASSWORD });
        let key = admin.api_key("CI", None).await.id;
        if name == "DELETE /admin/api-keys/{id}" {
            admin.post_nothing(&format!("/admin/api-keys/{key}/revoke")).await.ok();
        }
        // A webhook, and a delivery to it.
        let is_delivery = operation.path.contains("webhooks") || operation.path.contains("deliveries");
        let ids = if is_delivery { Some(webhook_and_delivery(&app, &admin).await) } else { None };
        // The locked or signed-out user makes no other requests.
        let is_about_careful = ["/sessions", "/lock", "/unlock", "/failed-attempts", "/reset-password"]
            .iter()
            .any(|part| operation.path.contains(part));
        let path = operation.at(|parameter| match parameter {
            "actor_type" => "user".into(),
            "provider" => "emailpass".into(),
            _ if operation.path.starts_with("/auth/mfa/factors") => factor.as_ref().unwrap().id.clone(),
            _ if operation.path.starts_with("/auth/mfa/") => {
                half.as_ref().unwrap().challenge["id"].as_str().unwrap().to_owned()
            }
            "session_id" => session_of(&careful),
            "mfa_id" => factor.as_ref().unwrap().id.clone(),
            _ if operation.path.starts_with("/auth/sessions") => session_of(&careful),
            _ if operation.path.contains("api-keys") => key.clone(),
            "delivery_id" => ids.as_ref().unwrap().1.clone(),
            _ if operation.path.contains("webhooks") => ids.as_ref().unwrap().0.clone(),
            _ if operation.path.contains("deliveries") => ids.as_ref().unwrap().1.clone(),
            _ if is_mfa || is_about_careful => careful.id.clone(),
            _ if operation.path.contains("invites") => invite.id.clone(),
            _ if operation.path.contains("audit") => entry.clone(),
            "role_id" | "policy_id" => "nosuch".into(),
            _ if operation.method == "DELETE" => "user_nosuch".into(),
            _ => ada.id.clone(),
        });
        let mut client = Client::clone(&admin);
        let (path, body) = match name.as_str() {
            "POST /admin/users" => (path, json!({ "email": format!("new{number}@example.com"), "invite": true })),
            "POST /admin/users/{id}" => (path, json!({ "first_name": "Ada" })),
            "POST /admin/invites" => (path, json!({ "email": format!("new{number}@example.com") })),
            "POST /auth/mfa/factors" => (path, json!({ "provider": "totp" })),
            "POST /auth/mfa/factors/{id}/verify" => {
                client = Client::clone(&careful);
                (path, json!({ "code": code }))
            }
            "POST /auth/mfa/factors/{id}" => {
                client = Client::clone(&careful);
                (path, json!({ "name": "Tablet" }))
            }
            "DELETE /auth/mfa/factors/{id}" | "POST /auth/mfa/recovery-codes" => {
                client = Client::clone(&careful);
                (path, json!({}))
            }
            "POST /auth/mfa/challenges/{id}/verify" => {
                client = half.as_ref().unwrap().client.clone();
                (path, json!({ "method": "totp", "code": code }))
            }
            "POST /auth/identities" => (path, json!({ "token": "nosuch" })),
            "POST /auth/email" => {
                client = Client::clone(&careful);
                (path, json!({ "email": format!("new{number}@example.com") }))
            }
            "POST /auth/email/confirm" | "POST /auth/email/revert" => {
                (path, json!({ "token": email_change(&app, number, name.ends_with("revert")).await }))
            }
            "POST /admin/users/{id}/email" => (path, json!({ "email": format!("new{number}@example.com") })),
            "POST /auth/password" => {
                client = Client::clone(&careful);
                (path, json!({ "current_password": PASSWORD, "new_password": "Other-harbour-77x" }))
            }
            "POST /auth/proof" => (path, json!({ "password": PASSWORD })),
            "POST /auth/proof/challenge" => {
                client = Client::clone(&careful);
                (path, json!(null))
            }
            "POST /auth/verification/request" => {
                client = Client::clone(&careful);
                (path, json!({ "entity_id": format!("careful{number}@example.com"), "entity_type": "email" }))
            }
            "POST /auth/verification/confirm" => {
                let body = json!({ "entity_id": format!("new{number}@example.com"), "entity_type": "email" });
                app.registered(&format!("new{number}@example.com"))
                    .await
                    .post("/auth/verification/request", body)
                    .await;
                let event = app.events("auth.verification_requested").await.remove(0);
                (path, json!({ "code": event["code"] }))
            }
            "POST /auth/{actor_type}/{provider}/reset-password" => (path, json!({ "identifier": "ada@example.com" })),
            "POST /auth/{actor_type}/{provider}/update" => {
                client = app.bearer(&app.reset_token(&format!("careful{number}@example.com")).await);
                (path, json!({ "password": "Other-harbour-77x" }))
            }
            "POST /admin/api-keys" => (path, json!({ "title": "CI", "type": "secret" })),
            "POST /admin/api-keys/{id}" => (path, json!({ "title": "CI" })),
            "POST /admin/webhooks" => (path, json!({ "url": "https://hooks.example.com", "events": ["*"] })),
            "POST /admin/webhooks/{id}" => (path, json!({ "description": "CI" })),
            "DELETE /auth/sessions/{id}" => {
                client = Client::clone(&careful);
                (path, json!(null))
            }
            "POST /auth/invites/preview" => (path, json!({ "token": invite.token })),
            "POST /auth/invites/passkey" => (path, json!({ "token": invite.token })),
            "POST /auth/invites/accept" => (path, json!({ "token": invite.token, "password": PASSWORD })),
            "POST /auth/{actor_type}/{provider}" => (path, json!({ "email": "ada@example.com", "password": PASSWORD })),
            "POST /auth/{actor_type}/{provider}/register" => (path, credentials),
            "POST /admin/invites/accept" => {
                client = Client::clone(&*app.registered(&email).await);
                (format!("{path}?token={}", invite.token), json!({ "first_name": "A" }))
            }
            "DELETE /auth/session" => {
                client = Client::clone(&*app.user("ada@example.com").await);
                (path, json!(null))
            }
            _ => match roles.request(&operation.method, &operation.path, number) {
                Some(good) => good,
                None => (path, json!(null)),
            },
        };
        let ask = client.ask(&operation.method, &path);
        let answer = if body.is_null() { ask } else { ask.json(&body) }.await;
        // These two are for providers that redirect.
        let is_redirect = operation.path.ends_with("/callback") || name == "GET /auth/{actor_type}/{provider}";
        // And these only begin something.
        let is_begun = operation.path.ends_with("/reset-password") && operation.path.starts_with("/auth/")
            || operation.path == "/auth/verification/request";
        // The administrator has one sign-in method, which stays, and is a user already. There are no passkeys.
        let is_refused = [
            "POST /auth/identities",
            "DELETE /auth/identities/{provider}",
            "POST /auth/{provider}/user",
            "POST /auth/invites/passkey",
            // The factor is removed by now. Its answer is checked in auth/passkeys.rs.
            "POST /auth/proof/challenge",
        ]
        .contains(&name.as_str());
        let status = if is_refused {
            400
        } else if is_redirect {
            401
        } else {
            200 + u16::from(is_begun)
        };
        assert_eq!(answer.status, status, "{name} answered {}", answer.text());
    }
}

/// The token of a link that confirms a change of address, or reverts it.
async fn email_change(app: &TestApp, number: usize, is_made: bool) -> String {
    let token = async |name: &str| app.events(name).await[0]["token"].as_str().unwrap().to_owned();
    // The user has no sign-in method: the link alone confirms.
    let admin = app.admin().await;
    let user = admin.post("/admin/users", json!({ "email": format!("changing{number}@example.com") })).await.ok();
    let path = format!("/admin/users/{}/email", user["user"]["id"].as_str().unwrap());
    admin.post(&path, json!({ "email": format!("changed{number}@example.com") })).await.ok();
    let link = token("auth.email_change_requested").await;
    if !is_made {
        return link;
    }
    app.anonymous().post("/auth/email/confirm", json!({ "token": link })).await.ok();
    token("auth.email_changed").await
}
