//! The audit log: what is in it, and finding it.

use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(entries_are_found_by_what_who_whom_and_when);

async fn entries_are_found_by_what_who_whom_and_when(site: Site) {
    let browser = site.admin().await;
    let id = site.person("grace@example.com", Some(vec![])).await.id;
    browser.post(&format!("/app/users/{id}/lock"), &[]).await.is(303);
    let page = browser.get("/app/audit").await;
    page.is(200).shows("user.locked").shows("session.started").shows("grace@example.com").shows("ada@example.com");
    let only = browser.get(&format!("/app/audit?action=user.locked&target={id}")).await;
    only.shows("user.locked").hides("session.started").shows("1–1 of 1");
    browser.get("/app/audit?action=user").await.shows("user.locked").shows("user.created").hides("session.started");
    browser.get("/app/audit?action=%25").await.is(200).hides("<code class=\"main\">user.locked");
    browser.get("/app/audit?from=2026-11-22&until=2026-11-22").await.shows("user.locked");
    browser.get("/app/audit?from=2026-11-23").await.shows("Nothing matches.");
    browser.get("/app/audit?until=2026-11-21").await.shows("Nothing matches.");
    browser.get("/app/audit?from=nonsense&page=99999999999").await.is(200).shows("user.locked");
    browser.get(&format!("/app/users/{id}")).await.shows("user.locked");
}
