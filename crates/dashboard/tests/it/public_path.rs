//! security.md 23: the pages below a path of the public URL, behind a proxy that removes it and behind one that leaves it.

use std::sync::Arc;

use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Browser, PASSWORD, Page, Site};

on_both_engines! {
    everything_on_the_pages_is_below_the_path,
    cookies_are_for_the_path,
}

/// What a proxy leaves of the path.
const PROXIES: [&str; 2] = ["/accounts", ""];

async fn at_a_path(place: Arc<TestDatabase>) -> Site {
    let site = Site::reached_at("https://example.com/accounts/", place).await;
    site.create_user("ada@example.com", None).await;
    site
}

async fn sign_in(browser: &Browser, left: &str) -> Page {
    let page =
        browser.post(&format!("{left}/app/login"), &[("email", "ada@example.com"), ("password", PASSWORD)]).await;
    page.leads_to("/accounts/app");
    page
}

/// The paths that a page's elements lead to.
fn paths(page: &Page) -> Vec<String> {
    let starts = ["href=\"/", "action=\"/", "src=\"/"];
    let rests = starts.iter().flat_map(|start| page.text.split(start).skip(1));
    rests.map(|rest| format!("/{}", rest.split('"').next().unwrap())).collect()
}

async fn everything_on_the_pages_is_below_the_path(place: Arc<TestDatabase>) {
    let site = at_a_path(place).await;
    for left in PROXIES {
        let browser = site.browser();
        for entrance in ["/", "/?a=b"] {
            browser.get(&format!("{left}{entrance}")).await.leads_to("/accounts/app");
        }
        browser.get("/accounts").await.leads_to("/accounts/app");
        browser.get(&format!("{left}/app")).await.leads_to("/accounts/app/login");
        browser.get(&format!("{left}/app/users?q=a")).await.leads_to("/accounts/app/login?next=%2Fapp%2Fusers%3Fq%3Da");
        sign_in(&browser, left).await;
        browser.get(&format!("{left}/app/")).await.is(200);
        for path in ["/app/users", "/app/users/", "/app/invites/new", "/app/profile", "/app/nosuch"] {
            let page = browser.get(&format!("{left}{path}")).await;
            let paths = paths(&page);
            assert!(paths.len() > 5, "{path}: {paths:?}");
            for path in paths {
                let asked = path.strip_prefix("/accounts").unwrap_or_else(|| panic!("{path} is not below the path"));
                if asked.starts_with("/app/assets/") {
                    browser.get(&format!("{left}{asked}")).await.is(200);
                }
            }
        }
        let page = browser
            .post(&format!("{left}/app/invites/new"), &[("addresses", &format!("b{}@example.com", left.len()))])
            .await;
        page.is(200).shows("https://example.com/accounts/app/invite?token=").hides("accounts/accounts");
        browser.get("/accountsx/app/users").await.is(404);
    }
}

async fn cookies_are_for_the_path(place: Arc<TestDatabase>) {
    let site = at_a_path(place).await;
    for left in PROXIES {
        let browser = site.browser();
        let page = browser.get(&format!("{left}/app/login")).await;
        assert!(page.set_cookie("__Secure-vestibule-form").contains("Path=/accounts/app"), "{:?}", page.set_cookies);
        let page = sign_in(&browser, left).await;
        for name in ["__Secure-connect.sid", "__Secure-vestibule-device"] {
            let cookie = page.set_cookie(name);
            assert!(cookie.contains("Path=/accounts;") && cookie.contains("Secure"), "{cookie}");
        }
        let page = browser.post(&format!("{left}/app/logout"), &[]).await;
        page.leads_to("/accounts/app/login?done=signed-out");
        assert!(page.set_cookie("__Secure-connect.sid").contains("Path=/accounts;"), "{:?}", page.set_cookies);
        browser.get(&format!("{left}/app/users")).await.is(303);
    }
}
