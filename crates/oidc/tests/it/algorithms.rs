//! Which signatures of ID tokens are accepted.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Key, Site, assert_token_refused, identity, unsigned};

on_both_engines!(
    each_of_four_algorithms_is_accepted,
    a_token_signed_with_the_client_secret_is_refused,
    a_token_without_a_signature_is_refused,
    an_algorithm_that_is_not_on_the_list_is_refused,
    a_signature_of_other_claims_or_of_another_key_is_refused,
    a_header_that_embeds_a_key_or_criticals_is_refused,
);

const ALGORITHM: &str = "its algorithm (alg) is not RS256, PS256, ES256 or EdDSA";

/// security.md 41
async fn each_of_four_algorithms_is_accepted(site: Site) {
    for (key, algorithm) in [(Key::Rsa, "RS256"), (Key::Rsa, "PS256"), (Key::Ec, "ES256"), (Key::Ed, "EdDSA")] {
        let begun = site.begin("company").await;
        let header = json!({ "alg": algorithm, "kid": key.id() });
        let token = key.token_with(&header, algorithm, &site.claims(&begun));
        let identity = identity(site.finish_with(&begun, &token).await);
        assert_eq!(identity.provider_identities[0].entity_id, "ada at company", "{algorithm}");
    }
    assert_eq!(site.count("auth_identities").await, 1);
}

/// security.md 41: every client shares the secret with its provider, so that such a token proves little.
async fn a_token_signed_with_the_client_secret_is_refused(site: Site) {
    let begun = site.begin("company").await;
    let token = Key::Secret.token(&site.claims(&begun));
    assert_token_refused(site.finish_with(&begun, &token).await, ALGORITHM, "HS256");

    // Nor do keys help that a provider publishes by mistake.
    let keys = json!({ "keys": [Key::Secret.public(), Key::Ed.public()] });
    site.http.answer("https://accounts.example/keys", crate::support::Answer::json(&keys));
    site.clock.advance(crate::support::HOUR);
    let begun = site.begin("company").await;
    let token = Key::Secret.token(&site.claims(&begun));
    assert_token_refused(site.finish_with(&begun, &token).await, ALGORITHM, "a published secret");
}

/// security.md 41
async fn a_token_without_a_signature_is_refused(site: Site) {
    for algorithm in ["none", "None", "NONE", "nOnE"] {
        let begun = site.begin("company").await;
        let text = unsigned(&json!({ "alg": algorithm }), &site.claims(&begun));
        let reason = if algorithm == "none" { ALGORITHM } else { "it cannot be read" };
        assert_token_refused(site.finish_with(&begun, &format!("{text}.")).await, reason, algorithm);
    }
    let begun = site.begin("company").await;
    let text = unsigned(&json!({ "alg": "EdDSA", "kid": Key::Ed.id() }), &site.claims(&begun));
    assert_token_refused(site.finish_with(&begun, &format!("{text}.")).await, "its signature is invalid", "empty");
}

/// security.md 41
async fn an_algorithm_that_is_not_on_the_list_is_refused(site: Site) {
    for algorithm in ["RS384", "RS512", "PS384"] {
        let begun = site.begin("company").await;
        let header = json!({ "alg": algorithm, "kid": Key::Rsa.id() });
        let token = Key::Rsa.token_with(&header, algorithm, &site.claims(&begun));
        assert_token_refused(site.finish_with(&begun, &token).await, ALGORITHM, algorithm);
    }
}

async fn a_signature_of_other_claims_or_of_another_key_is_refused(site: Site) {
    let begun = site.begin("company").await;
    let header = json!({ "alg": "EdDSA", "kid": Key::Ed.id() });
    let forged = Key::NextEd.token_with(&header, "EdDSA", &site.claims(&begun));
    assert_token_refused(site.finish_with(&begun, &forged).await, "its signature is invalid", "another key");

    let begun = site.begin("company").await;
    let mut claims = site.claims(&begun);
    let token = Key::Ed.token(&claims);
    claims["sub"] = "root at company".into();
    let signature = token.rsplit('.').next().unwrap();
    let swapped = format!("{}.{signature}", unsigned(&header, &claims));
    assert_token_refused(site.finish_with(&begun, &swapped).await, "its signature is invalid", "other claims");

    // The key of one algorithm under the name of another.
    let begun = site.begin("company").await;
    let header = json!({ "alg": "RS256", "kid": Key::Ed.id() });
    let token = Key::Ed.token_with(&header, "EdDSA", &site.claims(&begun));
    assert_token_refused(site.finish_with(&begun, &token).await, "publishes no key that fits", "another kind of key");
}

async fn a_header_that_embeds_a_key_or_criticals_is_refused(site: Site) {
    let next = Key::NextEd.public();
    for (case, header, reason) in [
        ("a key of its own", json!({ "alg": "EdDSA", "kid": "NextEd", "jwk": next }), "publishes no key that fits"),
        (
            "a URL of keys",
            json!({ "alg": "EdDSA", "kid": "NextEd", "jku": "https://evil.example" }),
            "publishes no key",
        ),
        ("criticals", json!({ "alg": "EdDSA", "kid": "Ed", "crit": ["b64"], "b64": false }), "cannot be read"),
        ("another type", json!({ "alg": "EdDSA", "kid": "Ed", "typ": "at+jwt" }), "cannot be read"),
    ] {
        let begun = site.begin("company").await;
        let key = if header["kid"] == "Ed" { Key::Ed } else { Key::NextEd };
        let token = key.token_with(&header, "EdDSA", &site.claims(&begun));
        assert_token_refused(site.finish_with(&begun, &token).await, reason, case);
    }
    assert!(site.http.sent().iter().all(|sent| !sent.url.contains("evil")));
}
