//! 23: the attributes of cookies, over http and over https.

use std::sync::Arc;

use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::TestApp;

on_both_engines!(
    over_https_no_other_site_can_set_the_cookie,
    over_http_the_cookie_has_the_name_and_flags_of_the_reference,
    every_sign_in_gets_a_new_cookie,
    of_two_cookies_with_one_name_the_valid_one_is_used,
);

async fn over_https_no_other_site_can_set_the_cookie(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).public_url("https://vestibule.example").open().await;
    let ada = app.user("ada@example.com").await;
    let answer = ada.post_nothing("/auth/session").await;
    let (value, flags) = answer.header("set-cookie").unwrap().split_once("; ").unwrap();
    assert_eq!(flags, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000; Expires=Tue, 22 Dec 2026 09:30:00 GMT");
    let secret = value.strip_prefix("__Host-connect.sid=").unwrap();
    app.cookie(value).get("/admin/users/me").await.ok();
    // A cookie of the name that a page on a neighbouring host, or over plain http, could set is ignored.
    app.cookie(&format!("connect.sid={secret}")).get("/admin/users/me").await.is_unauthorized();
    let answer = app.cookie(value).delete("/auth/session").await;
    answer.ok();
    let gone =
        "__Host-connect.sid=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    assert_eq!(answer.header("set-cookie"), Some(gone));
    app.cookie(value).get("/admin/users/me").await.is_unauthorized();
}

async fn over_http_the_cookie_has_the_name_and_flags_of_the_reference(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let answer = ada.post_nothing("/auth/session").await;
    let (value, flags) = answer.header("set-cookie").unwrap().split_once("; ").unwrap();
    assert!(value.starts_with("connect.sid="));
    assert_eq!(flags, "HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000; Expires=Tue, 22 Dec 2026 09:30:00 GMT");
    let host = value.replace("connect.sid", "__Host-connect.sid");
    app.cookie(&host).get("/admin/users/me").await.is_unauthorized();
    // No other response sets one: no sign-in, no registration and no refusal.
    for answer in [
        app.anonymous().sign_in("ada@example.com", crate::support::PASSWORD).await,
        app.cookie(value).get("/admin/users/me").await,
        app.cookie(value).post_nothing("/auth/token/refresh").await,
        app.cookie("connect.sid=rubbish").get("/admin/users/me").await,
        app.anonymous().post_nothing("/auth/session").await,
    ] {
        assert_eq!(answer.header("set-cookie"), None, "{}", answer.asked);
    }
}

/// Protects against session fixation.
async fn every_sign_in_gets_a_new_cookie(app: TestApp) {
    let mut cookies = Vec::new();
    for _ in 0..3 {
        let ada = app.user("ada@example.com").await;
        for _ in 0..3 {
            cookies.push(ada.cookie().await);
        }
    }
    // A cookie that the browser had before, valid or not, is not adopted for the session.
    let before = cookies[0].clone();
    let ada = app.user("ada@example.com").await;
    let answer = ada.post_nothing("/auth/session").header("cookie", &before).await;
    cookies.push(answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned());
    let all = cookies.len();
    cookies.sort();
    cookies.dedup();
    assert_eq!(cookies.len(), all);
}

/// A browser sends two that were set for different paths, or by a neighbouring host for the parent domain.
async fn of_two_cookies_with_one_name_the_valid_one_is_used(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let good = ada.cookie().await;
    for cookies in [
        format!("connect.sid=stale; {good}"),
        format!("{good}; connect.sid=stale"),
        format!("connect.sid=; a=b; connect.sid=x; connect.sid=y; {good}"),
    ] {
        let answer = app.cookie(&cookies).get("/admin/users/me").await.ok();
        assert_eq!(answer["user"]["id"], ada.id, "{cookies}");
    }
    // In two headers, as HTTP/2 allows.
    let twice = app.cookie("connect.sid=stale").get("/admin/users/me").header("cookie", &good).await.ok();
    assert_eq!(twice["user"]["id"], ada.id);
    app.cookie("connect.sid=stale; connect.sid=other").get("/admin/users/me").await.is_unauthorized();
    // Only a few are looked up.
    let many: String = (0..50).map(|number| format!("connect.sid={number}; ")).collect();
    app.cookie(&format!("{many}{good}")).get("/admin/users/me").await.is_unauthorized();
}
