//! The state of a sign-in: it is used once, by the browser and the provider that it was made for, on any process.

use serde_json::json;
use tokio::task::JoinSet;
use vestibule_auth::providers::{Browser, PROVIDER_STATE_LIFETIME};
use vestibule_auth::{AuthInput, Authentication};
use vestibule_testing::on_both_engines;

use crate::support::{Begun, ISSUER, Key, SECOND, Site, begin, call_back, code, finish, identity, input, refusal};

on_both_engines!(
    a_state_is_used_once_and_a_code_too,
    a_missing_or_unknown_state_is_refused,
    a_state_expires_after_ten_minutes,
    another_browser_provider_or_actor_type_cannot_use_a_state,
    a_refusal_by_the_provider_uses_the_state_up,
    the_response_names_the_issuer_where_that_is_announced,
    a_sign_in_ends_on_another_process,
);
on_both_engines!(4 threads: of_sixty_four_callbacks_at_once_one_succeeds);

/// A sign-in at `company`, for which the provider has issued a code.
async fn begun(site: &Site) -> Begun {
    let begun = site.begin("company").await;
    issue(site, &begun);
    begun
}

fn issue(site: &Site, begun: &Begun) {
    let token = Key::Ed.token(&site.claims(begun));
    site.issue(begun, json!({ "access_token": "token", "id_token": token }));
}

/// The callback of a sign-in.
fn callback(begun: &Begun) -> AuthInput {
    input([("code", "code"), ("state", &begun.parameter("state"))])
}

/// security.md 41
async fn a_state_is_used_once_and_a_code_too(site: Site) {
    let first = begun(&site).await;
    identity(finish(&site.module, &first, &[]).await);
    assert_eq!(code(finish(&site.module, &first, &[]).await), "sign_in_expired");
    issue(&site, &first);
    assert_eq!(code(finish(&site.module, &first, &[]).await), "sign_in_expired", "with another code");
    assert_eq!(site.http.count("https://accounts.example/token"), 1);

    let (second, third) = (begun(&site).await, begun(&site).await);
    identity(finish(&site.module, &third, &[]).await);
    let replayed = refusal(finish(&site.module, &second, &[]).await);
    assert_eq!(replayed.to_string(), "company refused the code: invalid_grant");

    // A code that was stolen from another sign-in does not fit the verifier (PKCE), nor the nonce.
    let (ours, theirs) = (site.begin("company").await, begun(&site).await);
    assert_eq!(code(finish(&site.module, &ours, &[]).await), "sign_in_code_refused");
    drop(theirs);
}

/// security.md 41
async fn a_missing_or_unknown_state_is_refused(site: Site) {
    for query in [
        input([("code", "code")]),
        input([("code", "code"), ("state", "")]),
        input([("code", "code"), ("state", "made up")]),
        input([("code", "code"), ("state", &"a".repeat(100_000))]),
    ] {
        let refusal = refusal(call_back(&site.module, "company", &query).await);
        assert_eq!(refusal.to_string(), "No state provided, or session expired");
    }
    let mut wrong_type = input([("code", "code")]);
    wrong_type.query.insert("state".to_owned(), json!(["made up"]));
    assert_eq!(code(call_back(&site.module, "company", &wrong_type).await), "sign_in_expired");
    let begun = begun(&site).await;
    let without_code = input([("state", &begun.parameter("state"))]);
    assert_eq!(code(call_back(&site.module, "company", &without_code).await), "sign_in_code_missing");
    assert_eq!(site.http.count("https://accounts.example/token"), 0);
}

/// security.md 41
async fn a_state_expires_after_ten_minutes(site: Site) {
    let (in_time, late) = (begun(&site).await, site.begin("company").await);
    site.clock.advance(PROVIDER_STATE_LIFETIME - SECOND);
    issue(&site, &in_time);
    identity(finish(&site.module, &in_time, &[]).await);
    issue(&site, &late);
    site.clock.advance(SECOND);
    assert_eq!(code(finish(&site.module, &late, &[]).await), "sign_in_expired");
}

/// security.md 41: a link to a callback signs no one in to another user's account (RFC 9700 4.7), and a provider that
/// an attacker controls gets no code of another (4.4).
async fn another_browser_provider_or_actor_type_cannot_use_a_state(site: Site) {
    let begun = begun(&site).await;
    let ours = callback(&begun);
    for browser in [Browser::Known("another cookie".to_owned()), Browser::Unknown, Browser::None] {
        let theirs = AuthInput { browser, ..ours.clone() };
        assert_eq!(code(call_back(&site.module, "company", &theirs).await), "sign_in_expired");
    }
    let customer = AuthInput { actor_type: "customer".to_owned(), ..ours.clone() };
    assert_eq!(code(call_back(&site.module, "company", &customer).await), "sign_in_expired");
    for provider in ["other", "google", "github"] {
        assert_eq!(code(call_back(&site.module, provider, &ours).await), "sign_in_expired", "{provider}");
    }
    assert!(site.http.sent().iter().all(|sent| !sent.body.contains("code")), "no provider has received the code");
    identity(call_back(&site.module, "company", &ours).await);

    let program = AuthInput { browser: Browser::None, ..input([]) };
    let theirs = begin(&site.module, "company", program).await.unwrap();
    issue(&site, &theirs);
    assert_eq!(code(finish(&site.module, &theirs, &[]).await), "sign_in_expired", "begun without a browser");
}

/// security.md 41
async fn a_refusal_by_the_provider_uses_the_state_up(site: Site) {
    for provider in ["company", "google", "github"] {
        let begun = site.begin(provider).await;
        let state = begun.parameter("state");
        let denied = input([("error", "access_denied"), ("error_description", "no\u{7} thanks"), ("state", &state)]);
        let refusal = refusal(call_back(&site.module, provider, &denied).await);
        assert_eq!(vestibule_core::DomainError::code(&refusal), Some("sign_in_denied"));
        assert!(refusal.to_string().contains("no thanks"), "{refusal}");
        let again = input([("code", "code"), ("state", &state)]);
        assert_eq!(code(call_back(&site.module, provider, &again).await), "sign_in_expired", "{provider}");
    }
    // A made-up refusal of another browser leaves it.
    let begun = begun(&site).await;
    let denied = input([("error", "access_denied"), ("state", &begun.parameter("state"))]);
    let theirs = AuthInput { browser: Browser::Known("another cookie".to_owned()), ..denied };
    assert_eq!(code(call_back(&site.module, "company", &theirs).await), "sign_in_denied");
    identity(finish(&site.module, &begun, &[]).await);
    let long = "x".repeat(10_000);
    let message = refusal(call_back(&site.module, "company", &input([("error", &long)])).await).to_string();
    assert!(message.len() < 500);
}

/// security.md 41: RFC 9207
async fn the_response_names_the_issuer_where_that_is_announced(mut site: Site) {
    for (announced, issuer, accepted) in [
        (false, None, true),
        (false, Some(ISSUER), true),
        (false, Some("https://other.example"), false),
        (true, Some(ISSUER), true),
        (true, None, false),
        (true, Some(""), false),
        (true, Some("https://accounts.example/"), false),
        (true, Some("https://other.example"), false),
    ] {
        site.announce(|document| document["authorization_response_iss_parameter_supported"] = announced.into());
        let begun = begun(&site).await;
        let exchanges = site.http.count("https://accounts.example/token");
        let parameters: Vec<_> = issuer.map(|issuer| ("iss", issuer)).into_iter().collect();
        let outcome = finish(&site.module, &begun, &parameters).await;
        if accepted {
            identity(outcome);
        } else {
            assert_eq!(code(outcome), "sign_in_other_issuer", "{announced} {issuer:?}");
            assert_eq!(site.http.count("https://accounts.example/token"), exchanges, "the code goes nowhere");
        }
    }
}

/// security.md 41: the reference keeps the state in the memory of a process, where the next one does not find it.
async fn a_sign_in_ends_on_another_process(site: Site) {
    let begun = begun(&site).await;
    let elsewhere = site.another_process().await;
    let there = identity(finish(&elsewhere, &begun, &[]).await);
    assert_eq!(code(finish(&site.module, &begun, &[]).await), "sign_in_expired");
    assert_eq!(identity(site.sign_in(|_| {}).await).id, there.id);
}

/// security.md 2, 41
async fn of_sixty_four_callbacks_at_once_one_succeeds(site: Site) {
    let begun = begun(&site).await;
    let modules = [site.module.clone(), site.another_process().await];
    let mut tasks = JoinSet::new();
    for caller in 0..64 {
        let (module, begun) = (modules[caller % 2].clone(), begun.clone());
        tasks.spawn(async move { finish(&module, &begun, &[]).await });
    }
    let (accepted, refused): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((accepted.len(), refused.len()), (1, 63));
    assert!(matches!(accepted[0], Ok(Authentication::Returned { .. })));
    for outcome in refused {
        assert_eq!(code(outcome), "sign_in_expired");
    }
    assert_eq!(site.http.count("https://accounts.example/token"), 1);
    assert_eq!(site.count("auth_identities").await, 1);
}
