//! 31: no secrets in responses to others, and none in the log.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Log, PASSWORD, TestApp};

on_both_engines!(errors_contain_no_secrets, the_log_contains_no_secrets);

/// Texts that must not occur anywhere.
fn assert_without(secrets: &[&str], text: &str, place: &str) {
    for secret in secrets.iter().chain(&["argon2", "SELECT", "INSERT", "panicked", "src/", "provider_metadata"]) {
        assert!(!text.contains(secret), "{secret} in {place}: {text:.2000}");
    }
}

async fn errors_contain_no_secrets(app: TestApp) {
    let admin = app.admin().await;
    let invite = admin.invite("ada@example.com").await;
    let cookie = admin.cookie().await;
    let registered = app.registered("ada@example.com").await;
    let secrets = [PASSWORD, &invite.token, &admin.token, &registered.token, cookie.split_once('=').unwrap().1];
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    for answer in [
        app.anonymous().sign_in("ada@example.com", &format!("{PASSWORD} ")).await,
        app.anonymous().post("/auth/user/nosuch", credentials.clone()).await,
        app.anonymous().post("/auth/user/emailpass/register", json!({ "email": "ada", "password": PASSWORD })).await,
        app.anonymous().post("/admin/users", credentials).await,
        app.anonymous().accept(&invite.token).await,
        admin.accept(&invite.token).await,
        app.bearer(&format!("{}x", admin.token)).get("/admin/users/me").await,
        app.cookie(&format!("{cookie}x")).get("/admin/users/me").await,
        admin.get(&format!("/admin/nosuch?token={}", invite.token)).await,
        app.anonymous().post("/auth/invites/accept", json!({ "token": [1], "password": { "p": PASSWORD } })).await,
        admin.post("/admin/users", json!({ "email": "admin@example.com", "password": PASSWORD })).await,
        app.anonymous()
            .ask("POST", "/auth/user/emailpass")
            .raw("application/json", format!(r#"{{"password": "{PASSWORD}"#))
            .await,
    ] {
        assert!((400..500).contains(&answer.status), "{}", answer.asked);
        assert_without(&secrets, &format!("{} {:?}", answer.text(), answer.headers), &answer.asked.to_string());
    }
    // Responses about users and invites contain no hash and no identity.
    for path in ["/admin/users", "/admin/users/me", "/admin/invites?state=all&fields=-token"] {
        assert_without(&secrets, admin.get(path).await.text(), path);
    }
}

/// Everything that is logged at any level during one successful and one refused acceptance.
async fn the_log_contains_no_secrets(app: TestApp) {
    let log = Log::default();
    let _guard = log.keep(tracing::level_filters::LevelFilter::TRACE);
    let admin = app.admin().await;
    let cookie = admin.cookie().await;
    let invite = admin.invite("ada@example.com").await;
    let registered = app.registered("ada@example.com").await;
    let preview = json!({ "token": invite.token });
    app.anonymous().post("/auth/invites/preview", preview).await.ok();
    app.cookie(&cookie)
        .get(&format!("/admin/users?token={}", invite.token))
        .await
        .is_invalid("Unrecognized fields: 'token'");
    app.anonymous().get(&format!("/nosuch?token={}", invite.token)).await;
    registered.accept(&invite.token).await.ok();
    app.anonymous().accept_with_password(&invite.token, "Other-harbour-77x").await;
    app.anonymous().sign_in("ada@example.com", "Wrong-harbour-77x").await;
    let secrets = [
        PASSWORD,
        "harbour",
        &invite.token,
        &admin.token,
        &registered.token,
        cookie.split_once('=').unwrap().1,
        "eyJ",
        "ada@example.com",
    ];
    let text = log.text();
    let own: String = text.lines().filter(|line| line.contains("vestibule")).map(|line| format!("{line}\n")).collect();
    assert!(own.contains(r#"route="/admin/invites/accept" status=200"#), "nothing was logged: {text:.500}");
    assert_without(&secrets, &own, "the log");
    // Nor do the libraries log what they receive.
    for secret in secrets.iter().filter(|secret| **secret != "ada@example.com") {
        assert!(!text.contains(secret), "{secret} in the log");
    }
}
