//! A sign-in elsewhere with the address of a user: the user signs in as before, is asked, and has the link.

use std::sync::Arc;

use vestibule_testing::{TestDatabase, on_both_engines};

use crate::posted::{CALLBACK, begin, open};
use crate::support::{Browser, PASSWORD};

on_both_engines!(
    a_user_links_a_sign_in_elsewhere_in_one_flow,
    another_user_who_signs_in_is_not_linked,
    a_link_is_over_after_ten_minutes,
);

const ADA: &str = "ada@example.com";

/// Signs in elsewhere with this address, and returns where the link waits for its consent.
async fn begin_link(browser: &Browser, address: &str) -> String {
    let state = begin(browser).await;
    let code = format!("ada+{address}");
    browser.get(&format!("{CALLBACK}?code={code}&state={state}")).await.leads_to("/app/sign-up");
    let page = browser.get("/app/sign-up").await;
    page.is(200).shows("An account with your address exists already.").shows("Sign in and link");
    let page = browser.post("/app/sign-up/link", &[]).await;
    page.is(303);
    let next = page.location.strip_prefix("/app/login?next=").unwrap().to_owned();
    let query: Vec<(String, String)> = form_urlencoded::parse(format!("next={next}").as_bytes()).into_owned().collect();
    query[0].1.clone()
}

/// security.md 41
async fn a_user_links_a_sign_in_elsewhere_in_one_flow(place: Arc<TestDatabase>) {
    let site = open(place).await;
    site.create_user(ADA, None).await;
    let browser = site.browser();
    let link = begin_link(&browser, ADA).await;
    assert!(link.starts_with("/app/link?state="), "{link}");
    browser.get(&link).await.is(303);
    let fields = [("email", ADA), ("password", PASSWORD), ("next", link.as_str())];
    browser.post("/app/login", &fields).await.leads_to(&link);
    let page = browser.get(&link).await;
    page.is(200).shows("Link a sign-in method").shows("Posting Ltd").shows("ada ada@example.com").shows(ADA);
    browser.get("/app/profile").await.hides("Remove Posting Ltd");
    let state = link.split_once('=').unwrap().1;
    browser.post("/app/link", &[("state", state)]).await.leads_to("/app/profile?done=linked");
    let page = browser.get("/app/profile?done=linked").await;
    page.is(200).shows("The sign-in method is linked.").shows("Remove Posting Ltd");
    browser.post("/app/link", &[("state", state)]).await.is(400).shows("cannot be linked any more");

    let again = site.browser();
    let state = begin(&again).await;
    again.get(&format!("{CALLBACK}?code=ada+{ADA}&state={state}")).await.leads_to("/app");
    again.get("/app/profile").await.is(200).shows(ADA);
}

/// security.md 41
async fn another_user_who_signs_in_is_not_linked(place: Arc<TestDatabase>) {
    let site = open(place).await;
    site.create_user(ADA, None).await;
    site.create_user("bob@example.com", None).await;
    let browser = site.browser();
    let link = begin_link(&browser, ADA).await;
    let fields = [("email", "bob@example.com"), ("password", PASSWORD), ("next", link.as_str())];
    browser.post("/app/login", &fields).await.leads_to(&link);
    let page = browser.get(&link).await;
    page.is(403).shows("is to be linked with another account").shows("bob@example.com").hides("action=\"/app/link\"");
    let state = link.split_once('=').unwrap().1;
    browser.post("/app/link", &[("state", state)]).await.is(403).shows("Nothing was linked");
    browser.get("/app/profile").await.is(200).hides("Remove Posting Ltd");
    // Switching leads back, and the right user is asked.
    browser.post("/app/logout", &[("next", &link)]).await.leads_to(&link);
    let fields = [("email", ADA), ("password", PASSWORD), ("next", link.as_str())];
    browser.post("/app/login", &fields).await.leads_to(&link);
    browser.get(&link).await.is(200).shows("action=\"/app/link\"");
}

async fn a_link_is_over_after_ten_minutes(place: Arc<TestDatabase>) {
    let site = open(place).await;
    site.create_user(ADA, None).await;
    let browser = site.browser();
    let link = begin_link(&browser, ADA).await;
    site.clock.advance(std::time::Duration::from_secs(10 * 60));
    let fields = [("email", ADA), ("password", PASSWORD), ("next", link.as_str())];
    browser.post("/app/login", &fields).await.leads_to(&link);
    browser.get(&link).await.is(400).shows("cannot be linked any more").hides("action=\"/app/link\"");
    // In another browser it was never there.
    let ada = site.signed_in(ADA).await;
    ada.get(&begin_link(&site.browser(), ADA).await).await.is(400).shows("begun in another browser");
}
