//! `/health`, `/health/live`, `/health/ready`, and paths without a route.

use std::time::Duration;

use serde_json::json;
use vestibule_database::{Config, Database};
use vestibule_testing::proxy::Proxy;
use vestibule_testing::{on_both_engines, postgres};

use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(health_reports_a_working_server, unknown_paths_and_methods_are_refused_as_json);

/// notes E6
async fn health_reports_a_working_server(app: TestApp) {
    for path in ["/health", "/health/live", "/health?x=1"] {
        let answer = app.anonymous().get(path).await;
        assert_eq!((answer.status, answer.text()), (200, "OK"));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        let head = app.anonymous().ask("HEAD", path).await;
        assert_eq!((head.status, head.text()), (200, ""));
    }
    app.anonymous().get("/health/ready").await.is(200, &json!({ "status": "ready" }));
}

/// An application whose connections to PostgreSQL can be cut.
async fn app_behind_a_proxy() -> (postgres::TestDatabase, Proxy, TestApp) {
    let place = postgres::database().await;
    let (proxy, url) = Proxy::before(place.url()).await;
    let mut config = Config::from_url(&url).unwrap();
    config.acquire_timeout = Duration::from_secs(5);
    let app = TestApp::with_database(Database::open(&config).await.unwrap()).await;
    (place, proxy, app)
}

/// security.md 34: an unavailable database is reported, and so is its return.
#[tokio::test]
async fn an_unavailable_postgres_is_reported() {
    let (_place, proxy, app) = app_behind_a_proxy().await;
    let admin = app.admin().await;
    proxy.cut();
    for path in ["/health/ready", "/admin/users/me", "/admin/users"] {
        let answer = admin.get(path).await;
        let message = "The service is not available at the moment. Nothing was changed unless you see it; try again in a few seconds.";
        answer.is_error(503, "unavailable", message);
        assert_eq!(answer.header("retry-after"), Some("2"));
    }
    let refused = admin.sign_in("admin@example.com", crate::support::PASSWORD).await;
    assert_eq!((refused.status, &refused.json()["type"]), (503, &json!("unavailable")));
    assert_eq!(admin.get("/health/live").await.status, 200);
    proxy.mend();
    admin.get("/health/ready").await.ok();
    admin.get("/admin/users/me").await.ok();
}

/// security.md 34: no route answers 500, and none 503 without `Retry-After`, which every response of these tests is checked
/// for.
#[tokio::test]
async fn every_route_sends_retry_after_while_postgres_is_unavailable() {
    let (_place, proxy, app) = app_behind_a_proxy().await;
    let admin = app.admin().await;
    proxy.cut();
    let mut unavailable = 0;
    for operation in operations() {
        let path = operation.at(|name| match name {
            "actor_type" => "user".into(),
            "provider" => "emailpass".into(),
            _ => "nosuch".into(),
        });
        let body: serde_json::Map<_, _> = operation.required_fields().into_iter().map(sample).collect();
        let request = admin.ask(&operation.method, &path);
        let answer = if operation.body().is_some() { request.json(&body.into()).await } else { request.await };
        assert!(answer.status < 500 || answer.status == 503, "{} {path}: {}", operation.method, answer.text());
        if answer.status == 503 {
            assert!(answer.header("retry-after").is_some(), "{} {path}", operation.method);
            unavailable += 1;
        }
    }
    assert!(unavailable > 80, "{unavailable} of {}", operations().len());
}

/// A value that a field of this name accepts.
fn sample(name: &str) -> (String, serde_json::Value) {
    let value = match name {
        "email" | "identifier" => json!("ada@example.com"),
        "password" => json!(crate::support::PASSWORD),
        "roles" | "policies" | "users" | "events" => json!(["nosuch"]),
        _ => json!("nosuch"),
    };
    (name.to_owned(), value)
}

/// notes E6, C3; the reference responds in HTML
async fn unknown_paths_and_methods_are_refused_as_json(app: TestApp) {
    let admin = app.admin().await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nosuch"),
        ("POST", "/admin"),
        ("GET", "/admin/nosuch"),
        ("GET", "/admin/users/x/y/z"),
        ("GET", "/admin/users//me"),
        ("GET", "//admin/users/me"),
        ("GET", "/Admin/Users/Me"),
        ("GET", "/admin/users/../users/me"),
        ("POST", "/admin/invites/x/nosuch"),
        ("GET", "/auth"),
        ("GET", "/auth/user"),
        ("POST", "/auth/user/emailpass/nosuch"),
        ("OPTIONS", "/nosuch"),
    ] {
        let message = format!("There is no route {method} {path}");
        admin.ask(method, path).await.is_error(404, "not_found", &message);
        app.anonymous().ask(method, path).await.is_error(404, "not_found", &message);
    }
    for (method, path, allow) in [
        ("DELETE", "/admin/users", "GET,HEAD,POST"),
        ("PUT", "/admin/users/x", "GET,HEAD,POST,DELETE"),
        ("PATCH", "/admin/users/me", "GET,HEAD,POST,DELETE"),
        ("DELETE", "/admin/invites", "GET,HEAD,POST"),
        ("POST", "/admin/invites/x", "GET,HEAD,DELETE"),
        ("GET", "/admin/invites/x/resend", "POST"),
        ("PUT", "/auth/session", "POST,DELETE"),
        ("GET", "/auth/user/emailpass/register", "POST"),
        ("POST", "/health", "GET,HEAD"),
        ("TRACE", "/health", "GET,HEAD"),
    ] {
        let refused = admin.ask(method, path).await;
        let message = format!("{method} is not possible here. The header Allow lists the methods that are.");
        refused.is_error(405, "not_allowed", &message);
        assert_eq!(refused.header("allow"), Some(allow), "{path}");
    }
    let options = admin.ask("OPTIONS", "/admin/users").await;
    assert_eq!((options.status, options.header("allow")), (204, Some("GET,HEAD,POST")));
    for path in ["/admin/users", "/admin/users/me"] {
        let (head, get) = (admin.ask("HEAD", path).await, admin.get(path).await);
        assert_eq!((head.status, head.text(), head.header("content-length")), (200, "", get.header("content-length")));
        assert_eq!(app.anonymous().ask("HEAD", path).await.status, 401);
    }
}
