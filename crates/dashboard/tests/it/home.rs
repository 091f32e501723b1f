//! The start page and the page of settings.

use std::time::Duration;

use vestibule_flows::{Context, NewInvite};
use vestibule_testing::on_both_engines;

use crate::support::{Site, failed};

on_both_engines!(
    the_start_page_counts_what_there_is,
    first_steps_are_shown_while_the_first_user_is_alone,
    the_chart_has_a_bar_for_each_day,
    the_start_page_shows_what_the_caller_may_see,
    settings_are_shown_to_readers_of_the_audit_log,
);

async fn invite(site: &Site, email: &str) {
    site.flows.invite(&NewInvite::new(email.parse().unwrap()), &Context::operator()).await.unwrap();
}

async fn the_start_page_counts_what_there_is(site: Site) {
    let browser = site.admin().await;
    let grace = site.create_user("grace@example.com", None).await;
    site.flows.lock_user(grace.id, &Context::operator()).await.unwrap();
    invite(&site, "one@example.com").await;
    site.deliver(&[], [failed("no such mailbox")]).await;
    site.clock.advance(Duration::from_secs(60));
    let page = browser.get("/app").await;
    let figure = |name: &str| page.between(&format!("<span class=\"name\">{name}</span>"), "</a>");
    page.is(200).shows("aria-current=\"page\"");
    assert!(figure("Users").contains("<span class=\"value\">2</span>") && figure("Users").contains("1 locked"));
    assert!(figure("Active in 7 days").contains(">1</span>") && figure("Active in 7 days").contains("1 in 30 days"));
    assert!(figure("Without second factor").contains(">2</span>"), "{}", figure("Without second factor"));
    assert!(figure("Pending invites").contains(">1</span>"), "{}", figure("Pending invites"));
    assert!(figure("Pending invites").contains("1 expire within a day"));
    assert!(figure("Failed mails").contains(">1</span>") && figure("Failed mails").contains("Needs attention"));
    assert!(figure("Failed webhooks").contains(">0</span>") && !figure("Failed webhooks").contains("Needs attention"));
}

async fn first_steps_are_shown_while_the_first_user_is_alone(site: Site) {
    let browser = site.admin().await;
    browser.get("/app").await.shows("First steps").hides("<li class=\"done\">");
    invite(&site, "grace@example.com").await;
    browser.get("/app").await.shows("First steps").shows("<li class=\"done\">");
    site.create_user("alan@example.com", None).await;
    browser.get("/app").await.is(200).hides("First steps");
}

async fn the_chart_has_a_bar_for_each_day(site: Site) {
    let browser = site.admin().await;
    site.signed_in("ada@example.com").await;
    browser.get("/app").await.shows("22 Nov 2026: 2 sign-ins, 0 invites accepted").shows("24 Oct 2026: 0 sign-ins");
    site.clock.advance(Duration::from_secs(24 * 60 * 60));
    let again = site.signed_in("ada@example.com").await;
    // The day before is over: it is counted once.
    for _ in 0..2 {
        let page = again.get("/app").await;
        page.shows("22 Nov 2026: 2 sign-ins").shows("23 Nov 2026: 1 sign-in, 0 invites accepted");
        assert_eq!(page.text.matches("<rect class=\"hit\"").count(), 30);
        assert_eq!(page.text.matches("<rect class=\"bar-a\"").count(), 2);
    }
}

async fn the_start_page_shows_what_the_caller_may_see(site: Site) {
    site.create_user("grace@example.com", None).await;
    let browser = site.limited(&["invite:read"]).await;
    let page = browser.get("/app").await;
    page.is(200).shows("Pending invites").hides(">Users<").hides("Failed mails").hides("Last 30 days");
    page.hides("First steps").hides("/app/settings");
}

async fn settings_are_shown_to_readers_of_the_audit_log(site: Site) {
    let browser = site.admin().await;
    let page = browser.get("/app/settings").await;
    page.is(200).shows("<dd>http://localhost:9000</dd>").shows("At least 8 characters").shows("Elsewhere");
    page.shows("<dd>30 days</dd>").hides("secret of the tests");
    let other = site.limited(&["user:read"]).await;
    other.get("/app/settings").await.is(403).shows("You lack: audit:read");
}
