//! The list of users by when they joined and were last seen.

use std::time::Duration;

use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(
    users_are_filtered_by_when_they_joined_and_were_last_seen,
    a_filtered_list_is_not_sent_again_after_its_period,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn users_are_filtered_by_when_they_joined_and_were_last_seen(site: Site) {
    site.create_user("old@example.com", None).await;
    site.signed_in("old@example.com").await;
    site.clock.advance(DAY * 40);
    let bob = site.create_user("bob@example.com", None).await;
    site.clock.advance(DAY * 20);
    let browser = site.admin().await;
    site.flows.lock_user(bob.id, &vestibule_flows::Context::operator()).await.unwrap();
    for (query, shown) in [
        ("joined=7", "ada"),
        ("joined=30", "ada bob"),
        ("joined=90", "ada bob old"),
        ("joined=8", "ada bob old"),
        ("seen=7", "ada"),
        ("seen=90", "ada old"),
        ("seen=-30", "old"),
        ("seen=-7", "bob old"),
        ("seen=never", "bob"),
        ("seen=never&joined=30&state=locked&q=bob", "bob"),
        ("seen=never&state=active", ""),
        ("seen=90&q=old", "old"),
        ("seen=90&sort=name", "ada old"),
    ] {
        let page = browser.get(&format!("/app/users?{query}")).await;
        let found = ["ada", "bob", "old"].into_iter().filter(|name| page.text.contains(&format!("\"main\">{name}@")));
        assert_eq!(found.collect::<Vec<_>>().join(" "), shown, "{query}");
        let csv = browser.get(&format!("/app/users.csv?{query}")).await;
        assert_eq!(csv.text.lines().count() - 1, shown.split_ascii_whitespace().count(), "{query}: {}", csv.text);
    }
    let page = browser.get("/app/users?seen=-30&joined=90&rows=1").await;
    page.shows("<option value=\"-30\" selected>Not seen for 30 days</option>");
    page.shows("<option value=\"90\" selected>Joined in the last 90 days</option>");
    let page = browser.get("/app/users?joined=90&rows=1").await;
    let next = page.between("rel=\"next\" href=\"?", "\"").replace("&#38;", "&");
    assert!(next.contains("joined=90"), "{next}");
    browser.get(&format!("/app/users?{next}")).await.is(200).shows("bob@example.com").hides("class=\"note\"");
    // All that match are changed, and no others.
    browser.post("/app/users/lock", &[("all", "?seen=-30")]).await.leads_to("/app/users?state=locked&done=locked-many");
    browser
        .get("/app/users?state=locked")
        .await
        .shows("old@example.com")
        .shows("bob@example.com")
        .hides("\"main\">ada@");
}

async fn a_filtered_list_is_not_sent_again_after_its_period(site: Site) {
    site.create_user("bob@example.com", None).await;
    site.clock.advance(DAY * 90 - Duration::from_secs(10));
    let browser = site.admin().await;
    browser.get("/app/users?joined=90").await.shows("bob@example.com");
    // The times that the page shows read the same for longer.
    site.clock.advance(Duration::from_secs(20));
    browser.get("/app/users?joined=90").await.hides("bob@example.com").shows("ada@example.com");
}
