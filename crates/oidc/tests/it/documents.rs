//! What a provider answers: only short JSON, from the URL itself. Messages name the provider and the fault, no addresses.

use serde_json::{Value as Json, json};
use vestibule_auth::providers::HttpErrorKind;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_testing::on_both_engines;

use crate::support::{Answer, HOUR, ISSUER, Key, Outcome, Site, begin, identity, input, metadata, refusal};

on_both_engines!(
    an_unusable_answer_is_reported_without_addresses,
    a_document_has_at_most_512_kib,
    a_configuration_of_another_issuer_or_without_endpoints_is_refused,
    tokens_of_another_content_type_are_refused,
);

const CONFIGURATION: &str = "https://accounts.example/.well-known/openid-configuration";
const KEYS: &str = "https://accounts.example/keys";
const TOKEN: &str = "https://accounts.example/token";
const USER_INFO: &str = "https://accounts.example/userinfo";

/// A sign-in that reads all four.
async fn sign_in(site: &Site) -> Outcome {
    site.clock.advance(HOUR);
    let begun = begin(&site.module, "company", input([])).await?;
    let mut claims = site.claims(&begun);
    claims.as_object_mut().unwrap().remove("email");
    site.finish_with(&begun, &Key::Ed.token(&claims)).await
}

fn user_info() -> Answer {
    Answer::json(&json!({ "sub": "ada at company", "email": "ada@example.com", "email_verified": true }))
}

fn page(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Answer {
    Answer::Response { status, content_type, body: body.into() }
}

fn assert_unavailable(outcome: Outcome, reason: &str, case: &str) {
    let refusal = refusal(outcome);
    assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Unavailable, Some("provider_unavailable")), "{case}");
    assert_eq!(refusal.to_string(), format!("company cannot be used at the moment: {reason}"), "{case}");
}

/// security.md 42
async fn an_unusable_answer_is_reported_without_addresses(site: Site) {
    site.http.answer(USER_INFO, user_info());
    let faults = [
        (Answer::Failure(HttpErrorKind::AddressRefused), "its address is not on the public internet"),
        (Answer::Failure(HttpErrorKind::TimedOut), "it took too long"),
        (Answer::Failure(HttpErrorKind::TooLong), "the response is too long"),
        (Answer::Failure(HttpErrorKind::NotConnected), "there was no connection"),
        (page(200, "application/json", " ".repeat(512 * 1024 + 1)), "the response is too long"),
        (Answer::status(301, &json!({})), "it redirects elsewhere"),
        (Answer::status(302, &json!({})), "it redirects elsewhere"),
        (Answer::status(307, &json!({})), "it redirects elsewhere"),
        (Answer::status(500, &json!({})), "it answered with the status 500"),
        (Answer::status(503, &json!({ "error": "x" })), "it answered with the status 503"),
    ];
    let of_documents = [
        (Answer::status(404, &json!({})), "it answered with the status 404"),
        (Answer::status(204, &json!({})), "it answered with the status 204"),
        (page(200, "application/json", "<html>"), "the response is not JSON"),
        (page(200, "application/json", ""), "the response is not JSON"),
        (page(200, "application/json", b"\xff".as_slice()), "the response is not JSON"),
        (page(200, "text/html", "{}"), "the response is not JSON"),
        (page(200, "application/jwt", "{}"), "the response is not JSON"),
        (page(200, "", "{}"), "the response is not JSON"),
    ];
    let metadata = Answer::json(&metadata(ISSUER));
    let keys = Answer::json(&json!({ "keys": [Key::Ed.public()] }));
    for (url, usual) in [(CONFIGURATION, Some(metadata)), (KEYS, Some(keys)), (USER_INFO, Some(user_info()))] {
        for (answer, reason) in faults.iter().chain(&of_documents) {
            site.http.answer(url, answer.clone());
            assert_unavailable(sign_in(&site).await, reason, &format!("{url}: {reason}"));
        }
        site.http.answer(url, usual.unwrap());
        identity(sign_in(&site).await);
    }
    let token = "the response of its token endpoint is not JSON";
    let of_token = [
        (page(200, "text/html", "<html>"), token),
        (page(200, "text/plain", "access_token=a&id_token=b"), token),
        (page(200, "application/x-www-form-urlencoded", "access_token=a"), token),
        (page(200, "application/jwt", "{}"), token),
        (page(200, "", "{}"), token),
        (page(200, "application/json", "<html>"), "the response has no tokens"),
    ];
    for (answer, reason) in faults.iter().chain(&of_token) {
        site.http.answer(TOKEN, answer.clone());
        assert_unavailable(sign_in(&site).await, reason, &format!("{TOKEN}: {reason}"));
    }
    assert!(site.http.sent().iter().all(|sent| !sent.url.contains("elsewhere")), "no redirect is followed");
}

/// security.md 42
async fn a_document_has_at_most_512_kib(site: Site) {
    let padded = |length: usize| {
        let text = metadata(ISSUER).to_string();
        page(200, "application/json; charset=utf-8", format!("{text}{}", " ".repeat(length - text.len())))
    };
    site.http.answer(USER_INFO, user_info());
    site.http.answer(CONFIGURATION, padded(512 * 1024));
    identity(sign_in(&site).await);
    site.http.answer(CONFIGURATION, padded(512 * 1024 + 1));
    assert_unavailable(sign_in(&site).await, "the response is too long", "one byte more");
    // Deep nesting is refused by the parser, and does not exhaust the stack.
    site.http.answer(CONFIGURATION, page(200, "application/json", "[".repeat(500_000)));
    assert_unavailable(sign_in(&site).await, "the response is not JSON", "nested");
}

/// security.md 41, 42
async fn a_configuration_of_another_issuer_or_without_endpoints_is_refused(site: Site) {
    const OTHER: &str = "its configuration names another issuer than the one that is set";
    const INCOMPLETE: &str = "its configuration is not complete";
    let set = |name: &str, value: Json| {
        let mut document = metadata(ISSUER);
        document[name] = value;
        document
    };
    for (document, reason) in [
        (set("issuer", "https://other.example".into()), OTHER),
        (set("issuer", "https://accounts.example/".into()), OTHER),
        (set("issuer", Json::Null), INCOMPLETE),
        (set("jwks_uri", Json::Null), INCOMPLETE),
        (set("token_endpoint", json!(7)), INCOMPLETE),
        (set("authorization_endpoint", "not a URL".into()), "it names a URL that is not one"),
        (set("jwks_uri", "not a URL".into()), "it names a URL that is not one"),
        (set("token_endpoint", "not a URL".into()), "it names a URL that is not one"),
        (json!([]), INCOMPLETE),
        (Json::Null, INCOMPLETE),
    ] {
        site.http.answer(CONFIGURATION, Answer::json(&document));
        assert_unavailable(sign_in(&site).await, reason, &document.to_string());
    }
    for keys in [json!({}), json!({ "keys": {} }), json!([]), Json::Null] {
        site.http.answer(CONFIGURATION, Answer::json(&metadata(ISSUER)));
        site.http.answer(KEYS, Answer::json(&keys));
        assert_unavailable(sign_in(&site).await, "its keys cannot be read", &keys.to_string());
    }
}

/// security.md 42: whatever the body, the content type decides.
async fn tokens_of_another_content_type_are_refused(site: Site) {
    site.http.answer(USER_INFO, user_info());
    for (content_type, is_read) in [
        ("text/plain", false),
        ("text/html; charset=utf-8", false),
        ("application/json", true),
        ("Application/JSON;charset=UTF-8", true),
        ("application/token+json", true),
    ] {
        let begun = site.begin("company").await;
        let token = Key::Ed.token(&site.claims(&begun));
        let body = json!({ "access_token": "token", "id_token": token }).to_string();
        site.http.answer(TOKEN, page(200, content_type, body));
        let outcome = crate::support::finish(&site.module, &begun, &[]).await;
        match is_read {
            true => drop(identity(outcome)),
            false => assert_unavailable(outcome, "the response of its token endpoint is not JSON", content_type),
        }
    }
    // A refusal that is no JSON is reported by its status.
    let begun = site.begin("company").await;
    site.http.answer(TOKEN, page(400, "text/html", "{\"error\":\"x\"}"));
    let refused = refusal(crate::support::finish(&site.module, &begun, &[]).await);
    assert_eq!(refused.to_string(), "company refused the code: status 400");
}
