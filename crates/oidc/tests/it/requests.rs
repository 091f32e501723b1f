//! What the providers are sent: secrets in bodies and headers, and the proof that this service began the sign-in.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::json;
use sha2::{Digest, Sha256};
use vestibule_testing::on_both_engines;

use crate::support::{ACCESS_TOKEN, Answer, Begun, CALLBACK, Key, SECRET_OF_CLIENT, Sent, Site, code, identity};

on_both_engines!(
    the_browser_is_sent_away_with_challenge_nonce_and_state,
    the_exchange_proves_the_challenge_and_repeats_the_callback_url,
    the_secret_is_sent_in_the_header_or_the_body,
    no_secret_is_in_a_url,
    a_provider_without_pkce_is_sent_no_challenge,
    a_registration_is_refused,
);

async fn exchange(site: &Site) -> (Begun, Sent) {
    let begun = site.begin("company").await;
    identity(site.finish_with(&begun, &Key::Ed.token(&site.claims(&begun))).await);
    let sent = site.http.sent().into_iter().rfind(|sent| sent.url == "https://accounts.example/token").unwrap();
    (begun, sent)
}

async fn the_browser_is_sent_away_with_challenge_nonce_and_state(mut site: Site) {
    let (one, two) = (site.begin("company").await, site.begin("company").await);
    assert_eq!(one.location.as_str().split('?').next(), Some("https://accounts.example/authorize"));
    for (name, value) in [
        ("tenant", "a b"),
        ("client_id", "the client"),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("redirect_uri", CALLBACK),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(one.parameter(name), value);
    }
    assert!(one.location.as_str().contains("redirect_uri=https%3A%2F%2Fpeople.example%2Fauth%2Fuser%2F"));
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(one.parameter(name).len(), 43, "256 bits: {name}");
        assert_ne!(one.parameter(name), two.parameter(name), "{name}");
    }
    assert_eq!(one.find("response_mode"), None);
    site.set(|options| options.scopes = vec!["email".to_owned()]);
    assert_eq!(site.begin("company").await.parameter("scope"), "openid email");
}

/// security.md 41: RFC 7636
async fn the_exchange_proves_the_challenge_and_repeats_the_callback_url(site: Site) {
    let (begun, sent) = exchange(&site).await;
    let form = sent.form();
    let challenge = BASE64.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    assert_eq!(challenge, begun.parameter("code_challenge"));
    assert_eq!(form["code_verifier"].len(), 43);
    assert!(!begun.location.as_str().contains(&form["code_verifier"]));
    assert_eq!((form["grant_type"].as_str(), form["redirect_uri"].as_str()), ("authorization_code", CALLBACK));
    assert!(sent.body.contains("redirect_uri=https%3A%2F%2Fpeople.example%2Fauth%2Fuser%2Fcompany%2Fcallback"));
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
}

async fn the_secret_is_sent_in_the_header_or_the_body(mut site: Site) {
    for (methods, in_header) in [
        (json!(null), true),
        (json!(["client_secret_basic"]), true),
        (json!(["client_secret_post", "client_secret_basic"]), true),
        (json!(["private_key_jwt"]), true),
        (json!(["client_secret_post"]), false),
        (json!(["client_secret_post", "private_key_jwt"]), false),
    ] {
        site.announce(|document| {
            match methods.clone() {
                serde_json::Value::Null => {}
                methods => document["token_endpoint_auth_methods_supported"] = methods,
            };
        });
        let (_, sent) = exchange(&site).await;
        let form = sent.form();
        if in_header {
            let header = sent.headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
            let both = String::from_utf8(BASE64_STANDARD.decode(header).unwrap()).unwrap();
            // Both are encoded as a form before they are joined (RFC 6749 2.3.1).
            assert_eq!(both, "the+client:the+secret%2C+of+%26this%3D+client", "{methods}");
            assert!(!form.contains_key("client_secret"));
        } else {
            assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str()), ("the client", SECRET_OF_CLIENT));
            assert!(!sent.headers.contains_key("authorization"), "{methods}");
        }
    }
}

/// security.md 41: a URL stands in logs.
async fn no_secret_is_in_a_url(site: Site) {
    site.http.answer("https://accounts.example/userinfo", Answer::json(&json!({ "sub": "ada at company" })));
    let begun = site.begin("company").await;
    let mut claims = site.claims(&begun);
    claims.as_object_mut().unwrap().remove("email");
    let token = Key::Ed.token(&claims);
    assert_eq!(code(site.finish_with(&begun, &token).await), "email_not_verified");
    let sent = site.http.sent();
    assert_eq!(sent.len(), 4);
    for request in &sent {
        assert!(!request.url.contains('?'), "{}", request.url);
    }
    for secret in [SECRET_OF_CLIENT, ACCESS_TOKEN, &token] {
        assert!(!begun.location.as_str().contains(secret));
    }
}

async fn a_provider_without_pkce_is_sent_no_challenge(mut site: Site) {
    site.set(|options| options.pkce = false);
    let (begun, sent) = exchange(&site).await;
    assert_eq!((begun.find("code_challenge"), begun.find("code_challenge_method")), (None, None));
    assert!(!sent.form().contains_key("code_verifier"));
}

async fn a_registration_is_refused(site: Site) {
    for (provider, message) in [
        ("company", "company does not support registration. Use method `authenticate` instead."),
        ("google", "Google does not support registration. Use method `authenticate` instead."),
        ("github", "Github does not support registration. Use method `authenticate` instead."),
    ] {
        let error = site.module.register(provider, &crate::support::input([])).await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
