//! 24: a form counts only if it comes from a page of ours, in the browser that was given that page.

use axum::body::Body;
use vestibule_dashboard::pages::PAGES;
use vestibule_testing::on_both_engines;

use crate::support::{SITE, Site};

on_both_engines!(
    no_form_counts_without_its_token,
    a_token_is_good_in_its_own_browser_only,
    other_websites_and_other_bodies_are_refused,
    a_field_that_a_form_does_not_have_is_refused,
    pages_may_load_nothing_of_others_and_are_kept_by_nobody,
);

async fn no_form_counts_without_its_token(site: Site) {
    let browser = site.admin().await;
    for line in PAGES.iter().filter(|line| line.method == "POST" && !line.path.contains('{')) {
        for token in ["", "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let page = browser.post_as_it_is(line.path, &[("form_token", token)]).await;
            page.is(403).shows("This form is too old");
        }
    }
    browser.get("/app/users").await.is(200).shows("ada@example.com");
}

async fn a_token_is_good_in_its_own_browser_only(site: Site) {
    let (one, other) = (site.browser(), site.browser());
    let token = one.form_token().await;
    assert_ne!(token, other.form_token().await);
    let fields = [("email", "a@example.com"), ("form_token", token.as_str())];
    other.post_as_it_is("/app/forgot", &fields).await.is(403);
    one.post_as_it_is("/app/forgot", &fields).await.is(200);
    // Signing in changes it: a form that was opened before is of no use after.
    let admin = site.admin().await;
    admin.post_as_it_is("/app/logout", &fields[1..]).await.is(403);
}

async fn other_websites_and_other_bodies_are_refused(site: Site) {
    let browser = site.admin().await;
    let token = browser.form_token().await;
    let body = format!("form_token={token}");
    let form = "application/x-www-form-urlencoded";
    for (origin, kind, status) in [
        ("https://evil.example", form, 403),
        ("null", form, 403),
        (SITE, "application/json", 400),
        (SITE, "multipart/form-data", 400),
        (SITE, "text/plain", 400),
    ] {
        let request = browser.request("POST", "/app/logout").header("content-type", kind).header("origin", origin);
        let page = browser.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(page.status, status, "{origin} {kind} {}", page.text);
    }
    browser.get("/app/users").await.is(200);
}

/// security.md 26
async fn a_field_that_a_form_does_not_have_is_refused(site: Site) {
    let browser = site.admin().await;
    let id = site.person("grace@example.com", Some(vec![])).await.id;
    let fields = [("first_name", "Grace"), ("email", "other@example.com"), ("locked_at", "")];
    browser.post(&format!("/app/users/{id}"), &fields).await.is(400).shows("unknown field");
    assert_eq!(site.flows.users().retrieve_user(id).await.unwrap().first_name, None);
}

/// security.md 32
async fn pages_may_load_nothing_of_others_and_are_kept_by_nobody(site: Site) {
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
    }
}
