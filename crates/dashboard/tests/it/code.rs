//! Signing in with a mailed code, on the pages.

use std::sync::Arc;

use vestibule_auth::EmailCodeProvider;
use vestibule_flows::{Context, NewInvite};
use vestibule_outbox::newest;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Browser, Page, Site};

on_both_engines!(
    a_user_signs_in_with_a_code,
    the_link_of_the_mail_shows_a_button_and_works_in_its_browser,
    a_wrong_code_can_be_entered_again,
    sign_in_methods_are_listed_with_their_last_use,
    an_invite_is_accepted_without_a_password,
    without_the_provider_there_is_no_such_page,
);

const ADA: &str = "ada@example.com";

async fn open(place: Arc<TestDatabase>) -> Site {
    let site = Site::with_provider(place, EmailCodeProvider).await;
    site.create_user(ADA, None).await;
    site
}

impl Site {
    /// A secret of the newest mail with a code.
    async fn of_mail(&self, key: &str) -> String {
        let events = newest(self.flows.database(), 100).await.unwrap();
        let event = events.iter().find(|event| event.name == "auth.sign_in_code_requested").unwrap();
        self.flows.auth().reveal_event(event).unwrap()[key].as_str().unwrap().to_owned()
    }
}

async fn request(browser: &Browser, email: &str) -> (Page, String) {
    let page = browser.post("/app/login/code/send", &[("email", email), ("next", "/app/profile")]).await;
    let state = page.is(200).between("name=\"state\" value=\"", "\"");
    (page, state)
}

async fn enter(browser: &Browser, state: &str, code: &str) -> Page {
    browser.post("/app/login/code", &[("state", state), ("code", code), ("email", ADA)]).await
}

async fn a_user_signs_in_with_a_code(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let browser = site.browser();
    browser.get("/app/login").await.shows("/app/login/code").hides("Continue with <bdi>Code");
    browser.get("/app/login/code?next=/app/profile").await.is(200).shows("Send me a code").shows("/app/profile");
    let (page, state) = request(&browser, ADA).await;
    page.shows("If an account with this address exists, a code is on its way.").shows("one-time-code");
    let (unknown, _) = request(&site.browser(), "nobody@example.com").await;
    unknown.shows("If an account with this address exists, a code is on its way.");
    enter(&browser, &state, &site.of_mail("code").await).await.leads_to("/app/profile");
    browser.get("/app/profile").await.is(200).shows(ADA);
}

/// Each with what it is known by, and when it was last used.
async fn sign_in_methods_are_listed_with_their_last_use(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let ada = site.signed_in(ADA).await;
    let profile = ada.get("/app/profile").await;
    profile.is(200).shows("<bdi>Password</bdi>").shows("<bdi>Code by mail</bdi>").hides("/methods/emailpass/unlink");
    let list = profile.between("Sign-in methods", "</section>");
    assert!(list.contains("Last used <time") && list.contains("Added <time") && !list.contains("never"), "{list}");
    // An administrator sees them too; this user has not signed in yet.
    let grace = site.create_user("grace@example.com", None).await;
    let page = ada.get(&format!("/app/users/{}?tab=security", grace.id)).await;
    let list = page.is(200).between("Sign-in methods", "Second factor");
    for text in ["<bdi>Password</bdi>", "<bdi>Code by mail</bdi>", "<bdi>grace@example.com</bdi>", "never"] {
        assert!(list.contains(text), "{text} {list}");
    }
}

/// security.md 7, 41
async fn the_link_of_the_mail_shows_a_button_and_works_in_its_browser(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let browser = site.browser();
    let (_, state) = request(&browser, ADA).await;
    let token = site.of_mail("token").await;
    let path = format!("/app/login/code?token={token}");
    let scanner = site.browser();
    let page = scanner.get(&path).await;
    page.is(200).shows("Press the button to sign in.");
    let code = page.between("name=\"code\" value=\"", "\"");
    enter(&scanner, &state, &code).await.is(401).shows("begun in another browser").shows("Send me a code");
    browser.get(&path).await.is(200);
    enter(&browser, &state, &code).await.leads_to("/app/profile");
    enter(&browser, &state, &code).await.is(401);
}

async fn a_wrong_code_can_be_entered_again(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let mut browser = site.browser();
    let (_, state) = request(&browser, ADA).await;
    let right = site.of_mail("code").await;
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    enter(&browser, &state, &wrong).await.is(401).shows("The code is wrong.").shows(&state);
    browser.language = "de";
    enter(&browser, &state, &wrong).await.is(401).shows("Der Code ist falsch.");
    enter(&browser, &state, &right).await.is(303);
    let page = browser.post("/app/login/code/send", &[("email", "no address")]).await;
    page.is(400).shows("role=\"alert\"").shows("value=\"no address\"");
}

async fn an_invite_is_accepted_without_a_password(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let invite = NewInvite::new("bob@example.com".parse().unwrap());
    let token = site.flows.invite(&invite, &Context::operator()).await.unwrap().token.unwrap();
    let browser = site.browser();
    browser
        .get(&format!("/app/invite?token={token}"))
        .await
        .shows("Accept without a password")
        .shows("name=\"password\"");
    let fields = [("token", token.as_str()), ("first_name", "Bob"), ("password", ""), ("without_password", "1")];
    browser.post("/app/invite", &fields).await.leads_to("/app?done=welcome");
    let page = browser.get("/app/profile").await;
    page.is(200).shows("bob@example.com").hides("name=\"current\"");
}

async fn without_the_provider_there_is_no_such_page(site: Site) {
    let browser = site.browser();
    browser.get("/app/login").await.hides("/app/login/code");
    browser.get("/app/login/code").await.is(404);
    browser.post("/app/login/code/send", &[("email", ADA)]).await.is(404);
    browser.post("/app/login/code", &[("state", "x"), ("code", "000000")]).await.is(404);
}
