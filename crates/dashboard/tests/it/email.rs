//! Another address: requested in the profile or by an administrator, confirmed and reverted by mailed links.

use vestibule_outbox::newest;
use vestibule_testing::on_both_engines;

use crate::support::{Browser, PASSWORD, Page, Site};

on_both_engines!(
    a_user_changes_their_address,
    opening_a_link_changes_nothing,
    the_link_alone_confirms_nothing,
    the_old_address_reverts_the_change,
    an_administrator_requests_a_change_for_a_user,
    what_is_refused_is_shown_beside_the_field,
);

const ADA: &str = "ada@example.com";
const NEW: &str = "ada.lovelace@example.com";

impl Site {
    /// The token of the newest event of this name.
    async fn mailed(&self, name: &str) -> String {
        let events = newest(self.flows.database(), 100).await.unwrap();
        let event = events.iter().find(|event| event.name == name).unwrap();
        self.flows.auth().reveal_event(event).unwrap()["token"].as_str().unwrap().to_owned()
    }
}

async fn request(browser: &Browser, email: &str) -> Page {
    browser.post("/app/profile/email", &[("email", email)]).await
}

/// security.md 45
async fn a_user_changes_their_address(site: Site) {
    let browser = site.admin().await;
    let elsewhere = site.signed_in(ADA).await;
    browser.get("/app/profile").await.shows("New address").shows("action=\"/app/profile/email\"");
    request(&browser, NEW).await.leads_to("/app/profile?done=email-requested");
    browser.get("/app/profile?done=email-requested").await.shows("Its link confirms the change.").hides(NEW);
    let token = site.mailed("auth.email_change_requested").await;
    let page = browser.get(&format!("/app/email?token={token}")).await;
    page.is(200).shows(ADA).shows(NEW).shows("Change the address");
    browser.post("/app/email", &[("token", &token)]).await.leads_to("/app/profile?done=email-changed");
    browser.get("/app/profile?done=email-changed").await.is(200).shows(NEW).hides(&format!(">{ADA}<"));
    elsewhere.get("/app/profile").await.is(303);
    let page = browser.post("/app/email", &[("token", &token)]).await;
    page.is(400).shows("This link no longer works").hides("name=\"token\"");
    let fields = [("email", NEW), ("password", PASSWORD)];
    site.browser().post("/app/login", &fields).await.leads_to("/app");
}

/// security.md 7
async fn opening_a_link_changes_nothing(site: Site) {
    let browser = site.admin().await;
    request(&browser, NEW).await.is(303);
    let token = site.mailed("auth.email_change_requested").await;
    let scanner = site.browser();
    for _ in 0..3 {
        scanner.get(&format!("/app/email?token={token}")).await.is(200).shows(NEW);
        scanner.get(&format!("/app/email/revert?token={token}")).await.is(400).shows("This link no longer works");
    }
    browser.get("/app/profile").await.shows(ADA).hides(NEW);
}

/// security.md 45: the mail may have gone to a stranger, who learns nothing and confirms nothing.
async fn the_link_alone_confirms_nothing(site: Site) {
    let browser = site.admin().await;
    request(&browser, NEW).await.is(303);
    let token = site.mailed("auth.email_change_requested").await;
    let path = format!("/app/email?token={token}");
    let phone = site.browser();
    let page = phone.get(&path).await;
    page.is(200).shows("The link alone changes nothing.").shows(NEW).hides(ADA).hides("name=\"token\"");
    page.shows(&format!("href=\"/app/login?next=/app/email%3Ftoken%3D{token}\""));
    let page = phone.post("/app/email", &[("token", &token)]).await;
    page.is(401).shows("Sign in to the account whose address changes").hides(ADA);
    // Another user.
    site.create_user("grace@example.com", Some(vec![])).await;
    let grace = site.signed_in("grace@example.com").await;
    let page = grace.get(&path).await;
    page.is(200).shows("This link belongs to another account.").shows("grace@example.com").hides(ADA);
    grace.post("/app/email", &[("token", &token)]).await.is(403).shows("This link belongs to another account.");
    browser.get("/app/profile").await.shows(ADA).hides(NEW);
    // The sign-in leads back to the confirmation.
    let fields = [("email", ADA), ("password", PASSWORD), ("next", &path)];
    phone.post("/app/login", &fields).await.leads_to(&path);
    phone.get(&path).await.is(200).shows(ADA).shows(NEW).shows("Change the address");
    phone.post("/app/email", &[("token", &token)]).await.leads_to("/app/profile?done=email-changed");
    browser.get("/app/profile").await.is(303);
}

/// security.md 45
async fn the_old_address_reverts_the_change(site: Site) {
    let browser = site.admin().await;
    request(&browser, NEW).await.is(303);
    let token = site.mailed("auth.email_change_requested").await;
    browser.post("/app/email", &[("token", &token)]).await.is(303);
    let token = site.mailed("auth.email_changed").await;
    let owner = site.browser();
    let page = owner.get(&format!("/app/email/revert?token={token}")).await;
    page.is(200).shows("Revert the change").shows(ADA).shows(NEW);
    browser.get("/app/profile").await.is(200);
    owner.post("/app/email/revert", &[("token", &token)]).await.leads_to("/app/login?done=email-reverted");
    owner.get("/app/login?done=email-reverted").await.shows("The old address is restored");
    browser.get("/app/profile").await.is(303);
    let reset = site.mailed("auth.password_reset").await;
    owner.get(&format!("/app/reset-password?token={reset}")).await.is(200).shows(ADA);
    owner.post("/app/email/revert", &[("token", &token)]).await.is(400).shows("This link no longer works");
}

/// security.md 38
async fn an_administrator_requests_a_change_for_a_user(site: Site) {
    let browser = site.admin().await;
    let user = site.create_user("grace@example.com", Some(vec![])).await;
    let path = format!("/app/users/{}", user.id);
    browser.get(&path).await.shows(&format!("action=\"{path}/email\""));
    let page = browser.post(&format!("{path}/email"), &[("email", "grace.hopper@example.com")]).await;
    page.leads_to(&format!("{path}?done=email-requested"));
    let token = site.mailed("auth.email_change_requested").await;
    // The administrator's session is not the user's.
    browser.post("/app/email", &[("token", &token)]).await.is(403);
    let grace = site.signed_in("grace@example.com").await;
    grace.post("/app/email", &[("token", &token)]).await.leads_to("/app/profile?done=email-changed");
    browser.get(&path).await.is(200).shows("grace.hopper@example.com");
    let own = site.flows.users().list_users(&vestibule_core::Filter::everything(), &Default::default()).await.unwrap();
    let own = own.iter().find(|user| user.email.as_str() == ADA).unwrap().id;
    browser.get(&format!("/app/users/{own}")).await.hides("/email\"");
    let page = browser.post(&format!("/app/users/{own}/email"), &[("email", NEW)]).await;
    page.is(400).shows("This is your own account.");
}

async fn what_is_refused_is_shown_beside_the_field(site: Site) {
    let mut browser = site.admin().await;
    let page = request(&browser, "rubbish").await;
    page.is(400).shows("value=\"rubbish\"").shows("has the form name@example.com").shows("id=\"email-problem\"");
    request(&browser, ADA).await.is(400).shows("This is the address of the account already.");
    browser.language = "de";
    request(&browser, ADA).await.is(400).shows("Das ist schon die Adresse des Kontos.");
    let user = site.create_user("grace@example.com", Some(vec![])).await;
    let page = browser.post(&format!("/app/users/{}/email", user.id), &[("email", "rubbish")]).await;
    page.is(400).shows("value=\"rubbish\"").shows("id=\"email-problem\"");
    // As for a free address: whether it is taken does not show.
    request(&browser, "grace@example.com").await.leads_to("/app/profile?done=email-requested");
}
