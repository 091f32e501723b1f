//! Google: fixed endpoints, and the domains of Workspace.

use serde_json::{Value as Json, json};
use vestibule_core::DomainError;
use vestibule_oidc::{GoogleOptions, GoogleProvider};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Answer, Key, Outcome, SECRET_OF_CLIENT, Site, code, identity, profile, proven, refusal};

on_both_engines!(
    both_spellings_of_the_issuer_are_accepted,
    only_accounts_of_the_configured_domains_sign_in,
    the_profile_is_written_once,
    a_refused_token_is_reported_in_the_words_of_the_reference,
    the_endpoints_are_those_of_google,
);

const TOKEN: &str = "https://oauth2.googleapis.com/token";

async fn sign_in(site: &Site, key: Key, change: impl FnOnce(&mut Json)) -> Outcome {
    let begun = site.begin("google").await;
    let mut claims = site.claims(&begun);
    claims["iss"] = "https://accounts.google.com".into();
    change(&mut claims);
    site.finish_with(&begun, &key.token(&claims)).await
}

fn with_domains(site: &mut Site, domains: &[&str]) {
    let mut options = GoogleOptions::new("the client", SECRET_OF_CLIENT);
    options.hosted_domains = domains.iter().map(|domain| (*domain).to_owned()).collect();
    site.module = site.module.clone().with_provider(GoogleProvider::new(options));
}

/// security.md 41
async fn both_spellings_of_the_issuer_are_accepted(site: Site) {
    let long = identity(sign_in(&site, Key::Ed, |_| {}).await);
    let short = identity(sign_in(&site, Key::Ed, |claims| claims["iss"] = "accounts.google.com".into()).await);
    assert_eq!(long.id, short.id);
    for issuer in ["https://accounts.google.com/", "http://accounts.google.com", "accounts.google.com.evil.example"] {
        let refusal = refusal(sign_in(&site, Key::Ed, |claims| claims["iss"] = issuer.into()).await);
        assert_eq!(refusal.code(), Some("id_token_invalid"), "{issuer}");
    }
}

/// security.md 41: the parameter `hd` of the request is a wish, which the user can remove.
async fn only_accounts_of_the_configured_domains_sign_in(mut site: Site) {
    assert_eq!(site.begin("google").await.find("hd"), None);
    identity(sign_in(&site, Key::Ed, |claims| claims["hd"] = "anything.example".into()).await);
    with_domains(&mut site, &["example.com"]);
    assert_eq!(site.begin("google").await.parameter("hd"), "example.com");
    identity(sign_in(&site, Key::Ed, |claims| claims["hd"] = "Example.com".into()).await);
    for domain in
        [json!(null), json!(""), json!("evil.example"), json!("example.com.evil.example"), json!(["example.com"])]
    {
        let refusal = refusal(sign_in(&site, Key::Ed, |claims| claims["hd"] = domain.clone()).await);
        assert_eq!(refusal.code(), Some("other_domain"), "{domain}");
        assert_eq!(refusal.to_string(), "Only accounts of example.com may sign in here");
    }
    // The address proves no membership: anyone can add one to a private account.
    assert_eq!(code(sign_in(&site, Key::Ed, |claims| claims["email"] = ADA.into()).await), "other_domain");
    with_domains(&mut site, &["example.com", "example.net"]);
    assert_eq!(site.begin("google").await.parameter("hd"), "*");
    identity(sign_in(&site, Key::Ed, |claims| claims["hd"] = "example.net".into()).await);
}

/// As in the reference. What the provider has proved is always that of the last sign-in.
async fn the_profile_is_written_once(site: Site) {
    let first = identity(sign_in(&site, Key::Ed, |_| {}).await);
    assert_eq!(json!(profile(&first)), json!({ "email": ADA, "name": "Ada Lovelace" }));
    let second = sign_in(&site, Key::Ed, |claims| {
        claims["name"] = "Ada King".into();
        claims["email"] = "ada@example.net".into();
    });
    let second = identity(second.await);
    assert_eq!((second.id, profile(&second)), (first.id, profile(&first)));
    assert_eq!(proven(&second), Some("ada@example.net"));
}

async fn a_refused_token_is_reported_in_the_words_of_the_reference(site: Site) {
    type Change = fn(&mut Json);
    let cases: [(&str, Change); 5] = [
        ("Could not verify Google id_token: jwt expired", |claims| claims["exp"] = 1.into()),
        ("Could not verify Google id_token: jwt audience invalid. expected: the client", |claims| {
            claims["aud"] = "x".into();
        }),
        (
            "Could not verify Google id_token: jwt issuer invalid. expected: https://accounts.google.com,accounts.google.com",
            |claims| claims["iss"] = "https://accounts.example".into(),
        ),
        ("Email not verified, cannot proceed with authentication", |claims| claims["email_verified"] = false.into()),
        ("Email not verified, cannot proceed with authentication", |claims| claims["email_verified"] = "true".into()),
    ];
    for (message, change) in cases {
        assert_eq!(refusal(sign_in(&site, Key::Ed, change).await).to_string(), message);
    }
    let begun = site.begin("google").await;
    let header = json!({ "alg": "EdDSA", "kid": "Ed" });
    let mut claims = site.claims(&begun);
    claims["iss"] = "https://accounts.google.com".into();
    let forged = Key::NextEd.token_with(&header, "EdDSA", &claims);
    let refused = refusal(site.finish_with(&begun, &forged).await);
    assert_eq!(refused.to_string(), "Could not verify Google id_token: invalid signature");
    assert_eq!(code(sign_in(&site, Key::Secret, |_| {}).await), "id_token_invalid");
    site.http.answer(TOKEN, Answer::status(400, &json!({ "error": "invalid_grant" })));
    let refused = refusal(sign_in(&site, Key::Ed, |_| {}).await);
    assert_eq!(refused.to_string(), "Could not exchange token, 400, Bad Request");
    assert_eq!(refused.code(), Some("sign_in_code_refused"));
}

async fn the_endpoints_are_those_of_google(site: Site) {
    identity(sign_in(&site, Key::Ed, |_| {}).await);
    let urls: Vec<String> = site.http.sent().into_iter().map(|sent| sent.url).collect();
    assert_eq!(urls, [TOKEN, "https://www.googleapis.com/oauth2/v3/certs"]);
    let begun = site.begin("google").await;
    assert!(begun.location.as_str().starts_with("https://accounts.google.com/o/oauth2/v2/auth?"));
    assert_eq!((begun.parameter("scope"), begun.parameter("nonce").len()), ("email profile openid".to_owned(), 43));
}
