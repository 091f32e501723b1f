//! 24: a change by cookie requires a same-origin proof, and JSON routes take JSON only.

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::documented::operations;
use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    requests_of_other_websites_change_nothing,
    requests_of_our_own_and_of_listed_websites_are_accepted,
    a_body_must_be_json_with_its_content_type,
);

async fn requests_of_other_websites_change_nothing(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).cors_origins(&["https://admin.example"]).open().await;
    let admin = app.admin().await;
    let ada = app.user("ada@example.com").await;
    let invite = admin.invite("bob@example.com").await;
    let cookie = app.cookie(&admin.cookie().await);
    let before = (admin.get("/admin/users").await.ok(), admin.get("/admin/invites?state=all").await.ok());
    let mut refused = 0;
    for operation in operations().iter().filter(|operation| operation.method != "GET") {
        let path = operation.at(|name| match name {
            "actor_type" => "user".into(),
            "provider" => "emailpass".into(),
            _ if operation.path.contains("invites") => invite.id.clone(),
            _ => ada.id.clone(),
        });
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "http://localhost:9001"),
            ("origin", "https://localhost:9000.evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let body = json!({ "first_name": "Eve" });
            let answer = cookie.ask(&operation.method, &path).json(&body).header(name, value).await;
            assert_eq!(answer.status, 403, "{} {path} from {value}: {}", operation.method, answer.text());
            assert_eq!(answer.json()["code"], "cross_origin_request");
            refused += 1;
        }
    }
    assert!(refused > 60, "{refused}");
    // Reading is what CORS is for: the browser does not show the response to the page.
    let read = cookie.get("/admin/users/me").header("origin", "https://evil.example").await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None));
    let after = (admin.get("/admin/users").await.ok(), admin.get("/admin/invites?state=all").await.ok());
    assert_eq!(before, after);
    cookie.get("/admin/users/me").await.ok();
}

async fn requests_of_our_own_and_of_listed_websites_are_accepted(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).cors_origins(&["https://admin.example"]).open().await;
    let ada = app.user("ada@example.com").await;
    let cookie = app.cookie(&ada.cookie().await);
    let change = |name: &str, value: &str| {
        cookie.post(&format!("/admin/users/{}", ada.id), json!({ "first_name": value })).header(name, value)
    };
    for (name, value, allowed) in [
        ("origin", "http://localhost:9000", None),
        ("origin", "https://admin.example", Some("https://admin.example")),
        ("sec-fetch-site", "same-origin", None),
        ("x-none", "a program that is no browser", None),
    ] {
        let answer = change(name, value).await;
        assert_eq!(answer.ok()["user"]["first_name"], value);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
    // Without a cookie there is nothing that another website could misuse.
    let token = ada.post(&format!("/admin/users/{}", ada.id), json!({ "last_name": "L" }));
    token.header("origin", "https://evil.example").await.ok();
    let preflight = app.anonymous().ask("OPTIONS", "/admin/users").header("access-control-request-method", "POST");
    let listed = preflight.clone().header("origin", "https://admin.example").await;
    assert_eq!((listed.status, listed.header("access-control-allow-origin")), (204, Some("https://admin.example")));
    let other = preflight.header("origin", "https://evil.example").await;
    assert_eq!(other.header("access-control-allow-origin"), None);
}

async fn a_body_must_be_json_with_its_content_type(app: TestApp) {
    let admin = app.admin().await;
    let form = format!("email=admin@example.com&password={PASSWORD}");
    let json = json!({ "email": "admin@example.com", "password": PASSWORD }).to_string();
    for (content_type, body, reasons) in [
        ("", &json, "none was sent"),
        ("text/plain", &json, "'text/plain' was sent"),
        ("application/x-www-form-urlencoded", &form, "'application/x-www-form-urlencoded' was sent"),
        ("multipart/form-data; boundary=x", &json, "'multipart/form-data; boundary=x' was sent"),
        ("application/xml", &json, "'application/xml' was sent"),
    ] {
        for path in ["/auth/user/emailpass", "/auth/user/emailpass/register", "/admin/invites", "/auth/invites/accept"]
        {
            let answer = admin.ask("POST", path).raw(content_type, body.clone()).await;
            answer
                .is_invalid(&format!("The body must be JSON, sent with the content type application/json; {reasons}"));
        }
    }
    for content_type in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"] {
        app.anonymous().ask("POST", "/auth/user/emailpass").raw(content_type, json.clone()).await.ok();
    }
    for charset in ["latin1", "utf-16"] {
        let content_type = format!("application/json; charset={charset}");
        let answer = app.anonymous().ask("POST", "/auth/user/emailpass").raw(&content_type, json.clone()).await;
        answer.is_invalid(&format!("The body must be JSON in UTF-8; the charset '{charset}' was sent"));
    }
}
