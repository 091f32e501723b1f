//! Passkeys on the pages, by an authenticator in memory in place of the script.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_flows::{Context, NewInvite};
use vestibule_testing::authenticator::Authenticator;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Browser, Page, SITE, Site};

on_both_engines!(
    a_passkey_is_added_and_signs_in,
    a_passkey_is_the_second_factor_and_a_proof,
    an_invite_is_accepted_with_a_passkey,
    the_last_sign_in_method_stays,
    an_administrator_sees_and_removes_one_passkey,
    an_administrator_learns_why_the_last_sign_in_method_stays,
    without_passkeys_the_pages_offer_none,
);

const FACTOR: &str = "/app/profile/second-factor";

/// The JSON in an attribute of a page.
fn attribute(page: &Page, name: &str) -> Json {
    let start = format!("{name}=\"");
    let (_, rest) = page.text.split_once(&start).unwrap_or_else(|| panic!("no {name}: {}", page.text));
    let text = rest.split('"').next().unwrap();
    serde_json::from_str(&text.replace("&#34;", "\"").replace("&#38;", "&")).unwrap()
}

/// The value of a hidden field.
fn field(page: &Page, name: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn add(browser: &Browser, device: &mut Authenticator, name: &str) -> Page {
    let started = browser.post(&format!("{FACTOR}/passkey"), &[("name", name)]).await;
    let answer = device.create(&attribute(started.is(200), "data-options")).to_string();
    let fields = [("factor", &*field(&started, "factor")), ("answer", &*answer)];
    browser.post(&format!("{FACTOR}/verify"), &fields).await
}

async fn begun(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Json {
    serde_json::from_str(&browser.post(path, fields).await.is(200).text).unwrap()
}

async fn a_passkey_is_added_and_signs_in(place: Arc<TestDatabase>) {
    let site = Site::with_passkeys(place).await;
    let ada = site.admin().await;
    let mut device = Authenticator { backup: (true, true), step: 0, ..Authenticator::new(SITE) };
    ada.get(FACTOR).await.shows("Add a passkey");
    // The first factor brings recovery codes.
    let added = add(&ada, &mut device, "Phone").await;
    added.is(200).shows("Phone").shows("Passkey, backed up").shows("<code>");
    let accepted = attribute(&added, "data-accepted");
    assert_eq!(accepted["rpId"], json!("localhost"));
    assert_eq!(accepted["allAcceptedCredentialIds"].as_array().unwrap().len(), 1);
    // Under the same name there is one only.
    let again = ada.post(&format!("{FACTOR}/passkey"), &[("name", "Phone")]).await;
    again.shows("One of your second factors has this name already");
    let other = site.browser();
    let login = other.get("/app/login").await;
    login.shows("Sign in with a passkey").shows("autocomplete=\"username webauthn\"");
    let started = begun(&other, "/app/login/passkey/begin", &[]).await;
    let answer = device.get(&started["options"]).to_string();
    let state = started["state"].as_str().unwrap();
    let fields = [("state", state), ("answer", &*answer), ("next", "/app/profile")];
    let signed_in = other.post("/app/login/passkey", &fields).await;
    assert_eq!((signed_in.status, &*signed_in.location), (303, "/app/profile"));
    other.get("/app/users").await.is(200);
    // The answer counts once, and what is none is explained.
    let late = site.browser();
    late.get("/app/login").await;
    late.post("/app/login/passkey", &fields).await.is(401).shows("This passkey was not accepted.");
    late.post("/app/login/passkey", &[("state", state), ("answer", "[]")]).await.is(401);
    // Its administrator sees it.
    let user = site.create_user("bob@example.com", None).await;
    let bob = site.signed_in("bob@example.com").await;
    add(&bob, &mut Authenticator::new(SITE), "Key").await.is(200);
    other.get(&format!("/app/users/{}?tab=security", user.id)).await.shows("Key").shows("Passkey on this one device");
}

async fn a_passkey_is_the_second_factor_and_a_proof(place: Arc<TestDatabase>) {
    let site = Site::with_passkeys(place).await;
    let ada = site.admin().await;
    let mut device = Authenticator::new(SITE);
    add(&ada, &mut device, "Laptop").await.is(200);
    let other = site.browser();
    let page = other.post("/app/login", &[("email", "ada@example.com"), ("password", crate::support::PASSWORD)]).await;
    assert!(page.location.starts_with("/app/login/factor"), "{}", page.location);
    let asked = other.get("/app/login/factor").await;
    asked.shows("Use your passkey").shows("recovery codes");
    let answer = device.get(&attribute(&asked, "data-options")).to_string();
    // A reload asks the same.
    let wrong = other.post("/app/login/factor", &[("answer", "{}")]).await;
    wrong.is(400).shows("The passkey was not accepted");
    assert_eq!(attribute(&wrong, "data-options"), attribute(&asked, "data-options"));
    let signed_in = other.post("/app/login/factor", &[("answer", &*answer), ("next", "/app/users")]).await;
    assert_eq!((signed_in.status, &*signed_in.location), (303, "/app/users"));
    // A proof, ten minutes later.
    site.clock.advance(Duration::from_secs(10 * 60 + 1));
    let confirm = other.post(&format!("{FACTOR}/passkey"), &[("name", "Tablet")]).await;
    confirm.shows("Use your passkey");
    let answer = device.get(&attribute(&confirm, "data-options")).to_string();
    let challenge = field(&confirm, "proof_challenge");
    let fields = [("name", "Tablet"), ("proof_challenge", &*challenge), ("proof_answer", &*answer)];
    let started = other.post(&format!("{FACTOR}/passkey"), &fields).await;
    started.is(200).shows("Create the passkey");
}

async fn an_invite_is_accepted_with_a_passkey(place: Arc<TestDatabase>) {
    let site = Site::with_passkeys(place).await;
    let invite = NewInvite::new("grace@example.com".parse().unwrap());
    let token = site.flows.invite(&invite, &Context::operator()).await.unwrap().token.unwrap();
    let grace = site.browser();
    grace.get(&format!("/app/invite?token={token}")).await.shows("Accept with a passkey");
    let started = begun(&grace, "/app/invite/passkey", &[("token", &*token)]).await;
    let mut device = Authenticator::new(SITE);
    let answer = device.create(&started["options"]).to_string();
    let state = started["state"].as_str().unwrap();
    let fields = [("token", &*token), ("first_name", "Grace"), ("state", state), ("answer", &*answer)];
    let accepted = grace.post("/app/invite", &fields).await;
    assert_eq!((accepted.status, &*accepted.location), (303, "/app?done=welcome"), "{}", accepted.text);
    grace.get(FACTOR).await.shows("Passkey on this one device");
    grace.get("/app/profile").await.is(200);
}

/// A user who has accepted an invite with a passkey, and has no other sign-in method.
async fn without_password(site: &Site) -> Browser {
    let invite = NewInvite::new("grace@example.com".parse().unwrap());
    let token = site.flows.invite(&invite, &Context::operator()).await.unwrap().token.unwrap();
    let grace = site.browser();
    grace.get(&format!("/app/invite?token={token}")).await;
    let started = begun(&grace, "/app/invite/passkey", &[("token", &*token)]).await;
    let answer = Authenticator::new(SITE).create(&started["options"]).to_string();
    let fields = [("token", &*token), ("state", started["state"].as_str().unwrap()), ("answer", &*answer)];
    grace.post("/app/invite", &fields).await.is(303);
    grace
}

/// security.md 44
async fn the_last_sign_in_method_stays(place: Arc<TestDatabase>) {
    let site = Site::with_passkeys(place).await;
    let grace = without_password(&site).await;
    let factor = field(&grace.get(FACTOR).await, "factor");
    let refused = grace.post(&format!("{FACTOR}/disable"), &[("factor", &*factor)]).await;
    refused.is(400).shows("This is your only sign-in method.");
}

/// security.md 20
async fn an_administrator_sees_and_removes_one_passkey(place: Arc<TestDatabase>) {
    let site = Site::with_passkeys(place).await;
    let ada = site.admin().await;
    let user = format!("/app/users/{}", site.create_user("bob@example.com", None).await.id);
    let bob = site.signed_in("bob@example.com").await;
    add(&bob, &mut Authenticator::new(SITE), "Key").await.is(200);
    let mut phone = Authenticator { backup: (true, true), step: 0, ..Authenticator::new(SITE) };
    add(&bob, &mut phone, "Phone").await.is(303);
    let elsewhere = site.browser();
    let started = begun(&elsewhere, "/app/login/passkey/begin", &[]).await;
    let answer = phone.get(&started["options"]).to_string();
    let fields = [("state", started["state"].as_str().unwrap()), ("answer", &*answer)];
    elsewhere.post("/app/login/passkey", &fields).await.is(303);
    let page = ada.get(&format!("{user}?tab=security")).await;
    page.shows("Passkey on this one device").shows("Passkey, backed up").shows("aria-label=\"Remove Phone\"");
    // The owner's own page has the buttons, not this one.
    bob.get(&format!("{user}?tab=security")).await.hides("aria-label=\"Remove Phone\"");
    let (_, phone) = page.text.rsplit_once(&format!("{user}/second-factor/")).unwrap();
    let path = format!("{user}/second-factor/{}", phone.split('"').next().unwrap());
    site.clock.advance(Duration::from_secs(10 * 60 + 1));
    ada.post(&path, &[]).await.shows("name=\"proof_password\"");
    let proof = [("proof_password", crate::support::PASSWORD)];
    ada.post(&path, &proof).await.leads_to(&format!("{user}?tab=security&done=factor-disabled"));
    ada.get(&format!("{user}?tab=security")).await.shows("Passkey on this one device").hides("Passkey, backed up");
    let ended = elsewhere.get("/app/profile").await;
    assert!(ended.location.starts_with("/app/login?next=%2Fapp%2Fprofile"), "{}", ended.location);
    bob.get("/app/profile").await.is(200);
    ada.post(&format!("{user}/second-factor/nosuch"), &[]).await.is(404);
}

/// security.md 44
async fn an_administrator_learns_why_the_last_sign_in_method_stays(place: Arc<TestDatabase>) {
    let site = Site::with_passkeys(place).await;
    let grace = without_password(&site).await;
    let mut ada = site.admin().await;
    let found = ada.get("/app/users?q=grace").await.between("href=\"/app/users/user_", "\"");
    let user = format!("/app/users/user_{found}");
    let factor = ada.get(&format!("{user}?tab=security")).await.between(&format!("{user}/second-factor/"), "\"");
    for (language, text) in [
        ("en", "This passkey is the only sign-in method of the user"),
        ("de", "Mit diesem Passkey allein meldet sich die Person an"),
        ("fr", "Cette clé d’accès est le seul moyen de connexion de l’utilisateur"),
    ] {
        ada.language = language;
        ada.post(&format!("{user}/second-factor/{factor}"), &[]).await.is(400).shows(text);
    }
    grace.get("/app/profile").await.is(200);
}

async fn without_passkeys_the_pages_offer_none(place: Arc<TestDatabase>) {
    let site = Site::with(place, |_| {}).await;
    let ada = site.admin().await;
    for (browser, path) in [(&ada, FACTOR), (&site.browser(), "/app/login")] {
        let page = browser.get(path).await;
        assert!(!page.text.contains("asskey"), "{}", page.text);
    }
    ada.post("/app/login/passkey/begin", &[]).await.is(404);
    ada.post(&format!("{FACTOR}/passkey"), &[("name", "Key")]).await.is(404);
}
