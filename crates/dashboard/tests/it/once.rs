//! Forms redirect: what they make is shown once, again on a reload and on a way back, and is not made twice.

use vestibule_core::{Filter, FindConfig};
use vestibule_testing::on_both_engines;

use crate::support::{Browser, Page, Site};

on_both_engines!(
    a_key_is_made_once_and_shown_three_times,
    what_is_shown_once_belongs_to_one_session_and_one_page,
    every_form_that_makes_something_redirects,
);

/// Submits a form, and returns where it redirects.
async fn submit(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let token = browser.form_token().await;
    let mut fields = fields.to_vec();
    fields.push(("form_token", &token));
    let page = browser.post_alone(path, &fields).await;
    assert_eq!(page.status, 303, "{path}: {}", page.text);
    page
}

const KEY: [(&str, &str); 3] = [("title", "Nightly"), ("days", ""), ("role", "role_super_admin")];

/// security.md 20
async fn a_key_is_made_once_and_shown_three_times(site: Site) {
    let browser = site.admin().await;
    let made = submit(&browser, "/app/api-keys", &KEY).await;
    assert!(made.location.starts_with("/app/api-keys?once=hand_"), "{}", made.location);
    for _ in ["the page", "a reload", "a way back"] {
        browser.get(&made.location).await.is(200).shows("value=\"sk_");
    }
    browser.get(&made.location).await.is(200).shows("Nightly").hides("value=\"sk_");
    let (keys, _) = site.flows.list_and_count_api_keys(&Filter::everything(), &FindConfig::default()).await.unwrap();
    assert_eq!(keys.len(), 1);
    // A link of the list leads to another page, and shows nothing of it.
    let made = submit(&browser, "/app/api-keys", &KEY).await;
    let page = browser.get(&made.location).await;
    assert!(!page.text.contains("href=\"?once=") && !page.text.contains("&#38;once="), "{}", page.text);
    // It waits ten minutes.
    let made = submit(&browser, "/app/api-keys", &KEY).await;
    site.clock.advance(std::time::Duration::from_secs(10 * 60));
    browser.get(&made.location).await.is(200).hides("value=\"sk_");
}

async fn what_is_shown_once_belongs_to_one_session_and_one_page(site: Site) {
    let browser = site.admin().await;
    let made = submit(&browser, "/app/api-keys", &KEY).await;
    let (_, once) = made.location.split_once("once=").unwrap();
    site.signed_in("ada@example.com").await.get(&made.location).await.is(200).hides("value=\"sk_");
    browser.get(&format!("/app/profile/second-factor?once={once}")).await.is(200).hides("sk_");
    browser.get(&format!("/app/webhooks/new?once={once}")).await.is(200).hides("sk_");
    browser.get("/app/api-keys?once=nonsense").await.is(200).hides("value=\"sk_");
    browser.get(&made.location).await.is(200).shows("value=\"sk_");
}

async fn every_form_that_makes_something_redirects(site: Site) {
    let browser = site.admin().await;
    let grace = site.create_user("grace@example.com", None).await;
    let webhook = [("url", "https://hooks.example.com/x"), ("event", "*")];
    let made = submit(&browser, "/app/webhooks/new", &webhook).await;
    browser.get(&made.location).await.is(200).shows("value=\"whsec_");
    let path = made.location.split('?').next().unwrap().to_owned();
    browser.get(&path).await.is(200).hides("value=\"whsec_");
    let rotated = submit(&browser, &format!("{path}/rotate"), &[]).await;
    browser.get(&rotated.location).await.is(200).shows("value=\"whsec_");
    let link = submit(&browser, &format!("/app/users/{}/reset-link", grace.id), &[]).await;
    browser.get(&link.location).await.is(200).shows("/app/reset-password?token=");
    let fields = [("addresses", "a@example.com nonsense"), ("role", "role_viewer")];
    let invited = submit(&browser, "/app/invites/new", &fields).await;
    let page = browser.get(&invited.location).await;
    page.is(200).shows("1 of 2 invited").shows("/app/invite?token=").shows("nonsense</textarea>");
    page.shows("value=\"role_viewer\" checked");
    let started = submit(&browser, "/app/profile/second-factor/start", &[("name", "App")]).await;
    browser.get(&started.location).await.is(200).shows("class=\"qr\"");
    for path in ["/app/forgot", "/app/invite/renew"] {
        let fields = if path == "/app/forgot" { [("email", "grace@example.com")] } else { [("token", "x")] };
        submit(&site.browser(), path, &fields).await;
    }
}
