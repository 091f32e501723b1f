//! 24: a form is accepted only from a page of ours, in the browser that received that page.

use std::sync::Arc;

use axum::body::Body;
use vestibule_dashboard::pages::PAGES;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Browser, PASSWORD, Page, SITE, Site};

on_both_engines!(
    forms_without_a_token_are_refused,
    a_token_is_valid_in_its_own_browser_only,
    other_websites_and_other_bodies_are_refused,
    a_form_is_accepted_by_its_token_where_the_browser_names_no_page,
    behind_a_tls_proxy_forms_work_and_cookies_are_secure,
    a_refusal_on_a_page_is_a_page,
    of_two_cookies_with_one_name_the_valid_one_is_used,
    a_trailing_slash_changes_nothing,
    unknown_fields_of_a_form_are_refused,
    pages_load_nothing_from_other_sites_and_are_not_stored,
);

async fn forms_without_a_token_are_refused(site: Site) {
    let browser = site.admin().await;
    for line in PAGES.iter().filter(|line| line.method == "POST" && !line.path.contains('{')) {
        for token in ["", "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let page = browser.post_fields(line.path, &[("form_token", token)]).await;
            page.is(403).shows("This form is too old");
        }
    }
    browser.get("/app/users").await.is(200).shows("ada@example.com");
}

async fn a_token_is_valid_in_its_own_browser_only(site: Site) {
    let (one, other) = (site.browser(), site.browser());
    let token = one.form_token().await;
    assert_ne!(token, other.form_token().await);
    let fields = [("email", "a@example.com"), ("form_token", token.as_str())];
    other.post_fields("/app/forgot", &fields).await.is(403);
    one.post_fields("/app/forgot", &fields).await.is(200);
    // Nor in that of another user.
    let admin = site.admin().await;
    admin.post_fields("/app/logout", &fields[1..]).await.is(403);
}

async fn other_websites_and_other_bodies_are_refused(site: Site) {
    let browser = site.admin().await;
    let token = browser.form_token().await;
    let body = format!("form_token={token}");
    let form = "application/x-www-form-urlencoded";
    for (origin, kind, status) in [
        ("https://evil.example", form, 403),
        (SITE, "application/json", 400),
        (SITE, "multipart/form-data", 400),
        (SITE, "text/plain", 400),
    ] {
        let request = browser.request("POST", "/app/logout").header("content-type", kind).header("origin", origin);
        let page = browser.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(page.status, status, "{origin} {kind} {}", page.text);
    }
    browser.get("/app/users").await.is(200);
    // With Fetch Metadata, a page without a name is known to be another one.
    for site in ["cross-site", "same-site"] {
        let headers = [("origin", "null"), ("sec-fetch-site", site)];
        send(&browser, "/app/logout", &headers, &body).await.is(403).shows("an address other than");
    }
}

async fn send(browser: &Browser, path: &str, headers: &[(&'static str, &str)], body: &str) -> Page {
    let mut request = browser.request("POST", path).body(Body::from(body.to_owned())).unwrap();
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    browser.send(request).await
}

/// security.md 40
async fn a_form_is_accepted_by_its_token_where_the_browser_names_no_page(site: Site) {
    site.create_user("ada@example.com", None).await;
    let lan = ("host", "people.test:9000");
    for headers in [
        // Plain http beyond localhost: no Fetch Metadata. A page that sends no referrer, and an older browser.
        &[lan, ("origin", "http://people.test:9000")][..],
        &[lan, ("origin", "null")],
        &[lan],
    ] {
        let browser = site.browser();
        let token = browser.form_token().await;
        let credentials = format!("email=ada%40example.com&password={PASSWORD}");
        send(&browser, "/app/login", headers, &credentials).await.is(403).shows("This form is too old");
        let page = send(&browser, "/app/login", headers, &format!("{credentials}&form_token={token}")).await;
        page.leads_to("/app");
        assert!(page.set_cookie("connect.sid").contains("HttpOnly"), "{:?}", page.set_cookies);
        assert!(!page.set_cookies.join(" ").to_lowercase().contains("secure"), "{:?}", page.set_cookies);
        send(&browser, "/app/logout", headers, "form_token=wrong").await.is(403);
        let token = browser.form_token().await;
        send(&browser, "/app/logout", headers, &format!("form_token={token}")).await.is(303);
        browser.get("/app/users").await.is(303);
    }
}

/// security.md 40: TLS ends at a proxy, which speaks http to us.
async fn behind_a_tls_proxy_forms_work_and_cookies_are_secure(place: Arc<TestDatabase>) {
    let site = Site::reached_at("https://people.example", place).await;
    site.create_user("ada@example.com", None).await;
    for (host, origin) in [
        ("people.example", "https://people.example"),
        ("127.0.0.1:9000", "https://people.example"),
        ("people.example", "null"),
    ] {
        let browser = site.browser();
        let token = browser.form_token().await;
        let credentials = format!("email=ada%40example.com&password={PASSWORD}&form_token={token}");
        let page = send(&browser, "/app/login", &[("host", host), ("origin", origin)], &credentials).await;
        page.leads_to("/app");
        for name in ["__Host-connect.sid", "__Host-vestibule-device"] {
            assert!(page.set_cookie(name).contains("Secure"), "{:?}", page.set_cookies);
        }
        // A page forged into plain http.
        let forged = [("host", "people.example"), ("origin", "http://people.example")];
        send(&browser, "/app/logout", &forged, "").await.is(403).shows("an address other than");
    }
}

/// security.md 40: the user sees the reason for every refusal.
async fn a_refusal_on_a_page_is_a_page(site: Site) {
    let browser = site.admin().await;
    let token = format!("form_token={}", browser.form_token().await);
    let large = format!("{token}&x={}", "x".repeat(300_000));
    let refusals = [
        (
            send(&browser, "/app/logout", &[("origin", "https://evil.example")], &token).await,
            403,
            "an address other than",
        ),
        (send(&browser, "/app/profile", &[], &large).await, 413, "too large"),
        (browser.get("/app/logout").await, 405, "accepts a form"),
        (browser.get("/app/password-strength").await, 405, "accepts a form"),
        (send(&site.browser(), "/app/login", &[("origin", SITE), ("cookie", "x=y")], "").await, 403, "too old"),
    ];
    for (page, status, text) in refusals {
        page.is(status).shows(text).shows("<html");
        assert!(page.headers["content-type"].starts_with("text/html"), "{:?}", page.headers);
    }
    let mut request = browser.request("POST", "/app/login").body(Body::from(token)).unwrap();
    request.headers_mut().remove("cookie");
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    site.browser().send(request).await.is(403).shows("no cookie");
    browser.get("/app/users").await.is(200);
}

async fn of_two_cookies_with_one_name_the_valid_one_is_used(site: Site) {
    let browser = site.admin().await;
    let token = browser.form_token().await;
    let [session, form] = ["connect.sid", "vestibule-form"].map(|name| browser.cookies.lock().unwrap()[name].clone());
    for cookie in
        [format!("connect.sid=stale; connect.sid={session}"), format!("connect.sid={session}; connect.sid=stale")]
    {
        let cookie = format!("vestibule-form={form}; {cookie}");
        let headers = [("cookie", cookie.as_str()), ("origin", SITE)];
        let body = format!("language=en&next=/app/users&form_token={token}");
        send(&browser, "/app/language", &headers, &body).await.leads_to("/app/users");
        let mut request = browser.request("GET", "/app/users").body(Body::empty()).unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        browser.send(request).await.is(200).shows(&token);
    }
    let visitor = site.browser();
    let token = visitor.form_token().await;
    let form = visitor.cookies.lock().unwrap()["vestibule-form"].clone();
    let cookie = format!("vestibule-form=other; vestibule-form={form}");
    let body = format!("language=en&next=&form_token={token}");
    send(&visitor, "/app/language", &[("cookie", &cookie), ("origin", SITE)], &body).await.is(303);
}

async fn a_trailing_slash_changes_nothing(site: Site) {
    let browser = site.admin().await;
    for path in ["/app/users", "/app/invites", "/app/invites/new", "/app/profile"] {
        let (plain, slash) = (browser.get(path).await, browser.get(&format!("{path}/")).await);
        assert_eq!((plain.status, slash.status), (200, 200), "{path}");
    }
    browser.get("/app/").await.is(200);
    let fields = [("first_name", "Grace"), ("last_name", ""), ("avatar_url", ""), ("phone", "")];
    let plain = browser.post("/app/profile", &fields).await;
    browser.post("/app/profile/", &fields).await.leads_to(&plain.location);
    site.browser().get("/app/login/").await.is(200);
    browser.get("/app/users//").await.is(404);
}

/// security.md 26
async fn unknown_fields_of_a_form_are_refused(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", Some(vec![])).await.id;
    let fields = [("first_name", "Grace"), ("email", "other@example.com"), ("locked_at", "")];
    browser.post(&format!("/app/users/{id}"), &fields).await.is(400).shows("unknown field");
    assert_eq!(site.flows.users().retrieve_user(id).await.unwrap().first_name, None);
}

/// security.md 32
async fn pages_load_nothing_from_other_sites_and_are_not_stored(site: Site) {
    let browser = site.admin().await;
    for path in ["/app/login", "/app/users", "/app/nosuch", "/app/users/user_nosuch"] {
        let page = browser.get(path).await;
        let policy = &page.headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        if page.status != 303 {
            page.hides(" style=").hides("<style").hides("onclick").hides("javascript:");
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
        }
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        if page.status != 303 {
            // Our own forms name their page, and a token in a URL reaches no other site.
            assert_eq!(page.headers["referrer-policy"], "same-origin", "{path}");
        }
    }
}
