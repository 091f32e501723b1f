//! `POST /app/login/callback/{provider}`: a provider has the browser post its response from its own website.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use vestibule_auth::providers::{Flow, PROVEN_EMAIL, ProviderContext, ProviderRefusal, Registration};
use vestibule_auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, ProviderState};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Browser, Page, Site};

on_both_engines!(
    a_posted_response_goes_on_by_a_request_with_cookies,
    only_providers_that_post_are_answered,
    nothing_else_accepts_a_foreign_form,
);

pub(crate) const CALLBACK: &str = "/app/login/callback/posting";
const FORM: &str = "application/x-www-form-urlencoded";

/// A provider that posts its response, and proves the id that the code is, and the address in it.
pub(crate) struct Posting;

#[async_trait]
impl AuthProvider for Posting {
    fn identifier(&self) -> &str {
        "posting"
    }

    fn display_name(&self) -> &str {
        "Posting Ltd"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    fn posts_response(&self) -> bool {
        true
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let remember = ProviderState { continue_to: input.continue_to.clone(), ..ProviderState::default() };
        let state = context.states().create(&remember).await?;
        Ok(Authentication::Redirect { location: format!("https://posting.example/?state={state}") })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let text = |name: &str| input.query.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let taken = context.states().take(text("state")).await?.ok_or(ProviderRefusal::UnknownState)?;
        let proven = text("code").split(' ').find(|word| word.contains('@')).into_iter();
        let registration = Registration {
            entity_id: text("code").to_owned(),
            entity_canonical: text("code").to_owned(),
            registration_key: String::new(),
            user_metadata: None,
            provider_metadata: proven.map(|email| (PROVEN_EMAIL.to_owned(), email.into())).collect(),
        };
        let identities = context.identities();
        let identity = match identities.find_claimed(&registration.entity_canonical).await? {
            Some(part) => identities.identity(&part).await?,
            None => identities.register(&registration).await?,
        };
        let identity = Box::new(identity);
        Ok(Authentication::Returned { identity, continue_to: taken.continue_to, has_second_factor: false })
    }
}

pub(crate) async fn open(place: Arc<TestDatabase>) -> Site {
    Site::with_provider(place, Posting).await
}

/// Begins a sign-in, and returns its state.
pub(crate) async fn begin(browser: &Browser) -> String {
    browser.post("/app/login/posting", &[]).await.between("https://posting.example/?state=", "\"")
}

/// Posts a form as a page of another website, with what a browser sends along at the most.
async fn post_from_elsewhere(browser: &Browser, path: &str, body: &str) -> Page {
    let request = browser.request("POST", path).header("content-type", FORM);
    let request = request.header("origin", "https://posting.example").header("sec-fetch-site", "cross-site");
    browser.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// security.md 24, 41
async fn a_posted_response_goes_on_by_a_request_with_cookies(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let browser = site.browser();
    let state = begin(&browser).await;
    let body = format!("code=ada+at+posting&state={state}&user=%7B%7D&id_token=x&form_token=y");
    let page = post_from_elsewhere(&browser, CALLBACK, &body).await;
    let next = format!("{CALLBACK}?state={state}&code=ada+at+posting");
    page.leads_to(&next);
    assert!(page.set_cookies.is_empty(), "{:?}", page.set_cookies);
    // In another browser, it is as any state of another browser.
    site.browser().get(&next).await.is(401).shows("has expired, or was begun in another browser");
    browser.get(&next).await.leads_to("/app/sign-up");
    browser.get("/app/sign-up").await.is(200).shows("Posting Ltd");
    browser.get(&next).await.is(401);

    // The session of a user who is signed in is not used, and does not end.
    let ada = site.admin().await;
    let page = post_from_elsewhere(&ada, CALLBACK, "error=access_denied&state=x").await;
    page.leads_to(&format!("{CALLBACK}?state=x&error=access_denied"));
    ada.get("/app/profile").await.is(200);
}

async fn only_providers_that_post_are_answered(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let browser = site.browser();
    for provider in ["elsewhere", "emailpass", "nosuch"] {
        post_from_elsewhere(&browser, &format!("/app/login/callback/{provider}"), "code=x&state=y").await.is(404);
    }
    for (kind, body) in [("application/json", "{}".to_owned()), (FORM, format!("code={}", "x".repeat(20_000)))] {
        let request = browser.request("POST", CALLBACK).header("content-type", kind);
        browser.send(request.body(Body::from(body)).unwrap()).await.is(400);
    }
    let body = "x".repeat(300_000);
    assert_eq!(post_from_elsewhere(&browser, CALLBACK, &body).await.status, 413);
}

/// security.md 24
async fn nothing_else_accepts_a_foreign_form(place: Arc<TestDatabase>) {
    let site = open(place).await;
    let ada = site.admin().await;
    let token = ada.form_token().await;
    for line in vestibule_dashboard::pages::PAGES.iter().filter(|line| line.method == "POST") {
        if line.path == "/app/login/callback/{provider}" {
            continue;
        }
        let path = line.path.replace(['{', '}'], "");
        post_from_elsewhere(&ada, &path, &format!("form_token={token}")).await.is(403);
    }
    post_from_elsewhere(&ada, "/app/login/callback/posting/more", "code=x").await.is(403);
    ada.get("/app/profile").await.is(200);
}
