//! The audit log: its entries, and how to find them.

use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Site};

on_both_engines!(
    entries_are_filtered_by_action_actor_target_and_time,
    failures_and_refusals_are_shown_in_words,
    a_known_browser_signs_in_while_strangers_guess,
);

async fn entries_are_filtered_by_action_actor_target_and_time(site: Site) {
    let browser = site.admin().await;
    let id = site.create_user("grace@example.com", Some(vec![])).await.id;
    browser.post(&format!("/app/users/{id}/lock"), &[]).await.is(303);
    let page = browser.get("/app/audit").await;
    page.is(200).shows("user.locked").shows("session.started").shows("grace@example.com").shows("ada@example.com");
    let only = browser.get(&format!("/app/audit?action=user.locked&target={id}")).await;
    only.shows("user.locked").hides("<code>session.started").shows("1–1 of 1");
    browser
        .get("/app/audit?action=user")
        .await
        .shows("user.locked")
        .shows("user.created")
        .hides("<code>session.started");
    browser.get("/app/audit?action=%25").await.is(200).hides("<code>user.locked");
    browser.get("/app/audit?from=2026-11-22&until=2026-11-22").await.shows("user.locked");
    browser.get("/app/audit?from=2026-11-23").await.shows("Nothing matches.");
    browser.get("/app/audit?until=2026-11-21").await.shows("Nothing matches.");
    browser.get("/app/audit?from=nonsense&page=99999999999").await.is(200).shows("user.locked");
    browser.get(&format!("/app/users/{id}?tab=activity")).await.shows("user.locked");
}

async fn failures_and_refusals_are_shown_in_words(site: Site) {
    let mut browser = site.admin().await;
    let limited = site.limited(&["user:read"]).await;
    for number in 0..11 {
        let wrong = format!("Wrong-lantern-{number}");
        site.browser().post("/app/login", &[("email", "ada@example.com"), ("password", &wrong)]).await;
    }
    site.browser().post("/app/login", &[("email", "nobody@example.com"), ("password", PASSWORD)]).await.is(401);
    limited.get("/app/roles").await.is(403);
    let page = browser.get("/app/audit").await;
    page.shows("A sign-in failed: wrong password").shows("A sign-in failed: wrong password, 10 times");
    page.shows("A sign-in failed: too many failed attempts").shows("A sign-in failed: no such account");
    page.shows("was refused: /app/roles").hides("nobody@example.com").hides("lantern");
    browser.language = "de";
    let page = browser.get("/app/audit").await;
    page.shows("Eine Anmeldung ist fehlgeschlagen: falsches Passwort, 10-mal").shows("wurde abgelehnt: /app/roles");
}

/// security.md 11
async fn a_known_browser_signs_in_while_strangers_guess(site: Site) {
    let browser = site.admin().await;
    browser.post("/app/logout", &[]).await;
    for _ in 0..15 {
        site.browser().post("/app/login", &[("email", "ada@example.com"), ("password", "Wrong-lantern-1")]).await;
    }
    let right = [("email", "ada@example.com"), ("password", PASSWORD)];
    site.browser().post("/app/login", &right).await.is(429);
    browser.post("/app/login", &right).await.leads_to("/app");
}
