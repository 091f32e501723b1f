//! `/auth/{actor_type}/{provider}` and its callback, with a provider that redirects and remembers.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use vestibule_auth::providers::Registration;
use vestibule_auth::{
    AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext, ProviderState,
};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Answer, TestApp, forge};

on_both_engines!(
    a_client_without_cookies_signs_in_once_per_state,
    a_sign_in_completes_only_in_the_browser_that_started_it,
    another_process_completes_the_sign_in,
    a_state_is_valid_for_one_actor_type,
    over_https_a_cookie_of_another_subdomain_is_ignored,
    a_provider_is_linked_and_removed,
    without_a_rule_no_one_signs_up,
);

const START: &str = "/auth/user/remembering";

/// A provider that sends back its state and a code, and checks the callback as OpenID Connect requires.
struct Remembering;

#[async_trait]
impl AuthProvider for Remembering {
    fn identifier(&self) -> &str {
        "remembering"
    }

    fn display_name(&self) -> &str {
        "Remembering"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(
        &self,
        _: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let callback_url = context.callback_url().unwrap_or_default().to_owned();
        let remember = ProviderState { callback_url: Some(callback_url.clone()), ..ProviderState::default() };
        let state = context.states().create(&remember).await?;
        let location = format!("https://remembering.example/?state={state}&redirect_uri={callback_url}");
        Ok(Authentication::Redirect { location })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let state = input.query.get("state").and_then(Json::as_str).unwrap_or_default();
        let refused = || AuthenticateError::Refused("No state provided, or session expired".into());
        let remembered = context.states().take(state).await?.ok_or_else(refused)?;
        assert_eq!(remembered.callback_url.as_deref(), context.callback_url());
        let registration = Registration {
            entity_id: "ada".to_owned(),
            entity_canonical: "ada".to_owned(),
            registration_key: String::new(),
            user_metadata: None,
            provider_metadata: Map::new(),
        };
        Ok(Authentication::Authenticated(Box::new(context.identities().register(&registration).await?)))
    }
}

async fn open(place: &Arc<TestDatabase>) -> TestApp {
    let set = |options: &mut vestibule_auth::AuthOptions| {
        options.public_url = Some("https://people.example/".to_owned());
    };
    TestApp::on(place).auth_options(set).open_with_provider(Remembering).await
}

/// The state in the URL to which a sign-in redirects.
fn state_of(answer: &Answer) -> String {
    let body = answer.ok();
    let location = body["location"].as_str().unwrap();
    let rest = location.strip_prefix("https://remembering.example/?state=").unwrap();
    let (state, callback) = rest.split_once("&redirect_uri=").unwrap();
    assert_eq!(callback, "https://people.example/auth/user/remembering/callback");
    assert_eq!(body.as_object().unwrap().len(), 1, "as in the reference");
    state.to_owned()
}

fn callback(state: &str) -> String {
    format!("{START}/callback?code=x&state={state}")
}

fn refused(answer: &Answer) {
    answer.is_error(401, "unauthorized", "No state provided, or session expired");
}

async fn a_client_without_cookies_signs_in_once_per_state(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    for begun in [app.anonymous().post_nothing(START).await, app.anonymous().get(START).await] {
        assert_eq!(begun.header("set-cookie"), None, "a program keeps no cookies");
        let state = state_of(&begun);
        let browser = app.anonymous().post_nothing(&callback(&state)).header("sec-fetch-site", "cross-site").await;
        refused(&browser);
        let back = app.anonymous().post_nothing(&callback(&state)).await.ok();
        assert_eq!(forge::claims(back["token"].as_str().unwrap())["auth_provider"], json!("remembering"));
        refused(&app.anonymous().get(&callback(&state)).await);
    }
    refused(&app.anonymous().get(&callback("made-up")).await);
}

async fn a_sign_in_completes_only_in_the_browser_that_started_it(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let begin = |cookie: Option<String>| {
        let ask = app.anonymous().post_nothing(START).header("sec-fetch-site", "same-origin");
        cookie.iter().fold(ask, |ask, cookie| ask.header("cookie", cookie))
    };
    let begun = begin(None).await;
    let set = begun.header("set-cookie").unwrap().to_owned();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert!(cookie.starts_with("vestibule-sign-in=") && cookie.len() == "vestibule-sign-in=".len() + 43, "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    let state = state_of(&begun);
    // A second tab: the browser keeps its secret, so that neither sign-in breaks the other.
    let second = begin(Some(cookie.to_owned())).await;
    assert!(second.header("set-cookie").unwrap().starts_with(&format!("{cookie};")));
    let other = begin(None).await;
    let other = other.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(other, cookie);

    let come_back = |state: &str, cookie: &str| {
        let ask = app.anonymous().get(&callback(state)).header("sec-fetch-site", "cross-site");
        if cookie.is_empty() { ask } else { ask.header("cookie", cookie) }
    };
    refused(&come_back(&state, "").await);
    refused(&come_back(&state, &other).await);
    refused(&app.anonymous().get(&callback(&state)).await);
    come_back(&state, cookie).await.ok();
    refused(&come_back(&state, cookie).await);
    come_back(&state_of(&second), cookie).await.ok();
}

async fn another_process_completes_the_sign_in(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let set = |options: &mut vestibule_auth::AuthOptions| {
        options.public_url = Some("https://people.example".to_owned());
    };
    let other = TestApp::on(&place).auth_options(set).beside(&app).open_with_provider(Remembering).await;
    let state = state_of(&app.anonymous().post_nothing(START).await);
    other.anonymous().post_nothing(&callback(&state)).await.ok();
    refused(&app.anonymous().post_nothing(&callback(&state)).await);
}

async fn a_state_is_valid_for_one_actor_type(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let state = state_of(&app.anonymous().post_nothing(START).await);
    let as_customer = callback(&state).replace("/user/", "/customer/");
    refused(&app.anonymous().post_nothing(&as_customer).await);
    app.anonymous().post_nothing(&callback(&state)).await.ok();
}

/// security.md 23. The attacker's page, on another subdomain, has set the secret of a sign-in of the attacker's.
async fn over_https_a_cookie_of_another_subdomain_is_ignored(place: Arc<TestDatabase>) {
    let set = |options: &mut vestibule_auth::AuthOptions| {
        options.public_url = Some("https://people.example".to_owned());
    };
    let app = TestApp::on(&place).public_url("https://people.example").auth_options(set);
    let app = app.open_with_provider(Remembering).await;
    let begin = |cookie: &str| {
        let ask = app.anonymous().post_nothing(START).header("sec-fetch-site", "same-origin");
        if cookie.is_empty() { ask } else { ask.header("cookie", cookie) }
    };
    let begun = begin("").await;
    let own = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let planted = own.strip_prefix("__Host-").unwrap();
    let state = state_of(&begun);
    refused(&app.anonymous().get(&callback(&state)).header("cookie", planted).await);
    let again = begin(planted).await;
    assert!(!again.header("set-cookie").unwrap().starts_with(&own), "the planted secret is not adopted");
    app.anonymous().get(&callback(&state)).header("cookie", &own).await.ok();
}

/// Signs in at the provider; the identity has no owner.
async fn token_of_new_identity(app: &TestApp) -> String {
    let state = state_of(&app.anonymous().post_nothing(START).await);
    let back = app.anonymous().post_nothing(&callback(&state)).await.ok();
    back["token"].as_str().unwrap().to_owned()
}

/// security.md 41 and 44: both sides are proved, and the last sign-in method stays.
async fn a_provider_is_linked_and_removed(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let ada = app.user("ada@example.com").await;
    let list = async || {
        let listed = ada.get("/auth/identities").await.ok();
        let identities = listed["identities"].as_array().unwrap().clone();
        identities.iter().map(|one| one["provider"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list().await, ["emailpass"]);
    let last = ada.delete("/auth/identities/emailpass").await;
    assert_eq!((last.status, last.json()["code"].as_str()), (400, Some("last_sign_in_method")));
    let wrong = ada.post("/auth/identities", json!({ "token": "rubbish" })).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text());

    let token = token_of_new_identity(&app).await;
    ada.post("/auth/identities", json!({ "token": token })).await.ok();
    let mut linked = list().await;
    linked.sort();
    assert_eq!(linked, ["emailpass", "remembering"]);
    let again = ada.post("/auth/identities", json!({ "token": token })).await;
    assert_eq!(again.status, 400, "the token's session has ended: {}", again.text());
    let second = ada.post("/auth/identities", json!({ "token": token_of_new_identity(&app).await })).await;
    assert_eq!((second.status, second.json()["code"].as_str()), (400, Some("provider_linked")));

    ada.delete("/auth/identities/remembering").await.ok();
    assert_eq!(list().await, ["emailpass"]);
    assert_eq!(ada.delete("/auth/identities/remembering").await.status, 404);
}

async fn without_a_rule_no_one_signs_up(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let stranger = app.bearer(&token_of_new_identity(&app).await);
    let refused = stranger.post_nothing("/auth/remembering/user").await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (400, Some("email_not_proven")));
    assert_eq!(stranger.post_nothing("/auth/nosuch/user").await.status, 400);
    assert_eq!(stranger.post_nothing("/auth/emailpass/user").await.status, 401, "of another provider");
    assert_eq!(app.user("ada@example.com").await.post_nothing("/auth/emailpass/user").await.status, 400);
}
