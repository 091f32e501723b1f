//! security.md 23: the API below a path of the public URL, behind a proxy that removes the path and behind one that leaves it.

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{PASSWORD, TestApp};

on_both_engines!(routes_and_cookies_are_below_the_path);

async fn routes_and_cookies_are_below_the_path(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).public_url("https://example.com/accounts").open().await;
    app.create_user("ada@example.com", PASSWORD).await;
    let anonymous = app.anonymous();
    for left in ["/accounts", ""] {
        assert_eq!(anonymous.get(&format!("{left}/health")).await.text(), "OK");
        let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
        let answer = anonymous.post(&format!("{left}/auth/user/emailpass"), credentials).await.ok();
        let ada = app.bearer(answer["token"].as_str().unwrap());
        assert_eq!(ada.get(&format!("{left}/admin/users/me")).await.ok()["user"]["email"], "ada@example.com");
        let answer = ada.post_nothing(&format!("{left}/auth/session")).await;
        let (cookie, flags) = answer.header("set-cookie").unwrap().split_once("; ").unwrap();
        assert!(flags.starts_with("HttpOnly; SameSite=Lax; Secure; Path=/accounts; Max-Age="), "{flags}");
        assert!(cookie.starts_with("__Secure-connect.sid="), "{cookie}");
        app.cookie(cookie).get(&format!("{left}/admin/users/me")).await.ok();
        // The name without a prefix, which any page of the domain could set.
        let forged = cookie.replace("__Secure-", "");
        app.cookie(&forged).get(&format!("{left}/admin/users/me")).await.is_unauthorized();
        let document = anonymous.get(&format!("{left}/openapi.json")).await.ok();
        assert_eq!(document["servers"], json!([{ "url": "/accounts" }]));
        assert_eq!(anonymous.get(&format!("{left}/docs")).await.header("location"), Some("docs/"));
    }
    assert_eq!(anonymous.get("/accountsx/health").await.status, 404);
    assert_eq!(anonymous.get("/accounts/accounts/health").await.status, 404);
}
