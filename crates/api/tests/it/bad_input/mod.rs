//! 29: any input gets a 4xx in the contract's form, never a 5xx, and changes nothing.
//!
//! The routes are read from the OpenAPI document, and each gets a valid request from [`Good`], which is then altered: a
//! new route is covered, or these tests fail. The client of every test checks that a 4xx has the contract's form and
//! that nothing is a 5xx.

mod bodies;
mod fields;
mod fuzz;
mod headers;
mod paths_and_queries;
mod sizes;

use serde_json::{Value as Json, json};

use crate::support::documented::Operation;
use crate::support::{Answer, Ask, Client, PASSWORD, RoleScene, TestApp, User};

/// Actions whose request has no fields other than the target.
const WITHOUT_BODY: &[&str] = &["/resend", "/lock", "/unlock", "/reset-password", "/test"];

/// A request that would succeed, or be refused for a reason other than its form.
struct Good {
    client: Client,
    method: String,
    path: String,
    body: Option<Json>,
}

/// A caller, and targets for the requests.
struct Scene {
    app: TestApp,
    admin: User,
    ada: User,
    /// The token of a pending invite, and the registration of its address.
    invite: crate::support::Invited,
    registered: Client,
    /// A client with the token of a reset.
    resetting: Client,
    roles: RoleScene,
    /// The id of a webhook.
    webhook: String,
}

impl Scene {
    async fn of(app: TestApp) -> Self {
        let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
        admin
            .post(&format!("/admin/users/{}", ada.id), json!({ "first_name": "Ada", "metadata": { "a": 1 } }))
            .await
            .ok();
        let invite = admin.invite("bob@example.com").await;
        let registered = Client::clone(&*app.registered("bob@example.com").await);
        let forgetful = app.user("forgetful@example.com").await.id;
        let reset = admin.post_nothing(&format!("/admin/users/{forgetful}/reset-password")).await.ok();
        let resetting = app.bearer(reset["token"].as_str().unwrap());
        let roles = RoleScene::of(&app, &ada).await;
        let webhook = admin.webhook("https://hooks.example.com").await.id;
        Self { app, admin, ada, invite, registered, resetting, roles, webhook }
    }

    fn good(&self, operation: &Operation) -> Good {
        let name = format!("{} {}", operation.method, operation.path);
        let admin = || Client::clone(&self.admin);
        let anonymous = || Client::clone(&self.app.anonymous());
        let token =
            || json!({ "token": self.invite.token, "password": PASSWORD, "first_name": "Bob", "last_name": "B" });
        if let Some((path, body)) = self.roles.request(&operation.method, &operation.path, 0) {
            let body = Some(body).filter(|body| !body.is_null());
            assert_eq!(body.is_some(), operation.body().is_some(), "{name}: has it a body?");
            return Good { client: admin(), method: operation.method.clone(), path, body };
        }
        let (client, body) = match name.as_str() {
            "POST /admin/users" => (
                admin(),
                Some(json!({
                    "email": "new@example.com", "first_name": "N", "last_name": "N", "avatar_url": "https://a.test/a",
                    "metadata": {}, "password": PASSWORD, "invite": false,
                })),
            ),
            "POST /admin/users/{id}" => (
                admin(),
                Some(
                    json!({ "first_name": "N", "last_name": "N", "avatar_url": "https://a.test/a", "metadata": { "b": 2 } }),
                ),
            ),
            "POST /admin/invites" => {
                (admin(), Some(json!({ "email": "new@example.com", "roles": [], "metadata": {} })))
            }
            "POST /admin/invites/accept" => (
                self.registered.clone(),
                Some(json!({ "email": "bob@example.com", "first_name": "B", "last_name": "B" })),
            ),
            "POST /auth/mfa/factors" => (
                admin(),
                Some(json!({
                    "provider": "nosuch", "name": "N", "label": "L", "issuer": "I", "metadata": {},
                    "password": PASSWORD,
                })),
            ),
            "POST /auth/mfa/factors/{id}" => (admin(), Some(json!({ "name": "N" }))),
            "POST /auth/mfa/factors/{id}/verify" => (admin(), Some(json!({ "code": "000000" }))),
            "POST /auth/mfa/recovery-codes" => {
                (admin(), Some(json!({ "count": 1, "method": "totp", "code": "000000", "password": PASSWORD })))
            }
            "POST /auth/mfa/challenges/{id}/verify" => (admin(), Some(json!({ "method": "totp", "code": "000000" }))),
            "POST /auth/identities" => {
                (admin(), Some(json!({ "token": "nosuch", "password": PASSWORD, "code": "000000" })))
            }
            "POST /auth/email" => (
                admin(),
                Some(json!({
                    "email": "other@example.com", "password": "not the one", "code": "000000", "method": "totp",
                })),
            ),
            "POST /auth/email/confirm" | "POST /auth/email/revert" => (anonymous(), Some(json!({ "token": "nosuch" }))),
            "POST /admin/users/{id}/email" => (admin(), Some(json!({ "email": "other@example.com" }))),
            "POST /auth/password" => {
                (admin(), Some(json!({ "current_password": "not the one", "new_password": "Other-harbour-77x" })))
            }
            "POST /auth/proof" => {
                (admin(), Some(json!({ "password": "not the one", "code": "000000", "method": "totp" })))
            }
            "POST /auth/verification/request" => (
                admin(),
                Some(json!({
                    "entity_id": "a@example.com", "entity_type": "email", "code_provider": "token", "metadata": {},
                })),
            ),
            "POST /auth/verification/confirm" => {
                (anonymous(), Some(json!({ "code": "nosuch", "code_provider": "token" })))
            }
            "POST /auth/{actor_type}/{provider}/reset-password" => {
                (anonymous(), Some(json!({ "identifier": "carl@example.com", "metadata": {} })))
            }
            "POST /auth/{actor_type}/{provider}/update" => {
                (self.resetting.clone(), Some(json!({ "password": "Other-harbour-77x" })))
            }
            "POST /admin/api-keys" => (
                admin(),
                Some(json!({ "title": "CI", "type": "secret", "roles": [], "expires_at": "2027-01-01T00:00:00Z" })),
            ),
            "POST /admin/api-keys/{id}" => (admin(), Some(json!({ "title": "CI" }))),
            "POST /admin/api-keys/{id}/revoke" => (admin(), Some(json!({ "revoke_in": 0 }))),
            "POST /admin/webhooks" => (
                admin(),
                Some(json!({
                    "url": "https://hooks.example.com/new", "events": ["user.*"], "description": "D",
                    "includes_secrets": false,
                })),
            ),
            "POST /admin/webhooks/{id}" => (
                admin(),
                Some(json!({
                    "url": "https://hooks.example.com/other", "events": ["*"], "description": "D",
                    "includes_secrets": true, "disabled": true,
                })),
            ),
            "POST /admin/webhooks/{id}/rotate-secret" => (admin(), Some(json!({ "at_once": true }))),
            "POST /auth/invites/preview" => (anonymous(), Some(json!({ "token": self.invite.token }))),
            "POST /auth/invites/passkey" => (anonymous(), Some(json!({ "token": self.invite.token }))),
            "POST /auth/invites/accept" => (anonymous(), Some(token())),
            "POST /auth/{actor_type}/{provider}" | "POST /auth/{actor_type}/{provider}/register" => {
                (anonymous(), Some(json!({ "email": "carl@example.com", "password": PASSWORD })))
            }
            "POST /auth/proof/challenge" => (admin(), None),
            "GET /health"
            | "GET /health/live"
            | "GET /health/ready"
            | "GET /auth/{actor_type}/providers"
            | "GET /auth/{actor_type}/{provider}"
            | "GET /auth/{actor_type}/{provider}/callback"
            | "POST /auth/{actor_type}/{provider}/callback" => (anonymous(), None),
            // A caller without a session ends none.
            "DELETE /auth/session" | "DELETE /auth/sessions" => (anonymous(), None),
            "GET /admin/users"
            | "GET /admin/users/me"
            | "GET /admin/users/{id}"
            | "DELETE /admin/users/{id}"
            | "GET /admin/users/{id}/auth-providers"
            | "GET /admin/users/{id}/identities"
            | "GET /admin/invites"
            | "GET /admin/invites/{id}"
            | "DELETE /admin/invites/{id}"
            | "POST /admin/invites/{id}/resend"
            | "POST /admin/users/{id}/reset-password"
            | "POST /admin/users/{id}/lock"
            | "POST /admin/users/{id}/unlock"
            | "GET /admin/users/{id}/failed-attempts"
            | "DELETE /admin/users/{id}/failed-attempts"
            | "GET /admin/users/{id}/sessions"
            | "DELETE /admin/users/{id}/sessions"
            | "DELETE /admin/users/{id}/sessions/{session_id}"
            | "GET /admin/api-keys"
            | "GET /admin/api-keys/{id}"
            | "DELETE /admin/api-keys/{id}"
            | "GET /admin/webhooks"
            | "GET /admin/webhooks/{id}"
            | "DELETE /admin/webhooks/{id}"
            | "POST /admin/webhooks/{id}/test"
            | "GET /admin/webhooks/{id}/deliveries"
            | "POST /admin/webhooks/{id}/deliveries/{delivery_id}/redeliver"
            | "GET /admin/deliveries"
            | "GET /admin/deliveries/{id}"
            | "POST /admin/deliveries/{id}/retry"
            | "GET /admin/events"
            | "GET /auth/export"
            | "GET /auth/identities"
            | "DELETE /auth/identities/{provider}"
            | "POST /auth/{provider}/user"
            | "GET /auth/sessions"
            | "DELETE /auth/sessions/{id}"
            | "GET /admin/audit"
            | "GET /admin/audit/export"
            | "GET /admin/users/export"
            | "GET /admin/invites/export"
            | "GET /admin/audit/{id}"
            | "GET /auth/mfa/factors"
            | "DELETE /auth/mfa/factors/{id}"
            | "GET /admin/users/{id}/mfa"
            | "DELETE /admin/users/{id}/mfa"
            | "DELETE /admin/users/{id}/mfa/{mfa_id}"
            | "POST /auth/session"
            | "POST /auth/token/refresh" => (admin(), None),
            _ => panic!("{name} is new: give it a good request here, so that it is tested with bad ones"),
        };
        assert_eq!(body.is_some(), operation.body().is_some(), "{name}: has it a body?");
        let mut path = operation.at(|parameter| match parameter {
            "actor_type" => "user".into(),
            "provider" => "emailpass".into(),
            // Deleting, resending, locking and the like address something that does not exist.
            _ if operation.method == "DELETE" => "nosuch".into(),
            _ if WITHOUT_BODY.iter().any(|end| operation.path.ends_with(end)) => "nosuch".into(),
            "delivery_id" => "nosuch".into(),
            _ if operation.path.contains("webhooks") => self.webhook.clone(),
            _ if operation.path.contains("deliveries") => "nosuch".into(),
            _ if operation.path.contains("api-keys") => "nosuch".into(),
            _ if operation.path.contains("invites") => self.invite.id.clone(),
            _ => self.ada.id.clone(),
        });
        if operation.path == "/admin/invites/accept" {
            path = format!("{path}?token={}", self.invite.token);
        }
        Good { client, method: operation.method.clone(), path, body }
    }

    /// Everything that could have been changed.
    async fn fingerprint(&self) -> Vec<String> {
        let mut fingerprint = Vec::new();
        for table in [
            "users",
            "invites",
            "auth_identities",
            "auth_identity_actors",
            "provider_identities",
            "auth_sessions",
            "auth_session_cookies",
            "auth_api_keys",
            "outbox_events",
            "webhook_endpoints",
            "deliveries",
            "rbac_roles",
            "rbac_role_parents",
            "rbac_role_policies",
            "rbac_policies",
            "rbac_assignments",
        ] {
            let text = format!("SELECT count(*) FROM {table}");
            let count: u64 = self.app.flows.database().query_scalar(text, &[]).await.unwrap();
            fingerprint.push(format!("{table}: {count}"));
        }
        for path in ["/admin/users?with_deleted=true", "/admin/invites?state=all", "/admin/webhooks"] {
            fingerprint.push(self.admin.get(path).await.ok().to_string());
        }
        fingerprint
    }
}

impl Good {
    fn ask(&self) -> Ask {
        self.client.ask(&self.method, &self.path)
    }
}

/// Refused, and not because the caller lacks permission.
#[track_caller]
fn is_refused(answer: &Answer, what: &str) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} answered {} {:.300}",
        answer.asked,
        answer.status,
        answer.text()
    );
    assert_ne!(answer.json(), json!({ "message": "Unauthorized" }), "{what}: {}", answer.asked);
    assert!(answer.body.len() < 12_000, "{what}: an answer of {} bytes", answer.body.len());
}
