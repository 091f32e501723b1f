//! The provider's keys: when they are read, and which of them are used.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Answer, HOUR, Key, MINUTE, SECOND, Site, assert_token_refused, code, identity};

on_both_engines!(
    documents_are_read_once_an_hour,
    a_changed_key_is_read_during_the_sign_in,
    made_up_key_ids_cost_five_requests_a_minute,
    keys_are_kept_where_they_cannot_be_read_again,
    a_key_is_used_without_alg_and_not_against_its_alg_or_use,
    keys_of_unknown_kinds_are_ignored,
    a_token_without_a_key_id_needs_a_single_key,
);

const KEYS: &str = "https://accounts.example/keys";
const CONFIGURATION: &str = "https://accounts.example/.well-known/openid-configuration";
const NO_KEY: &str = "the provider publishes no key that fits it (kid)";

fn publish(site: &Site, keys: &[Json]) {
    site.http.answer(KEYS, Answer::json(&json!({ "keys": keys })));
}

/// Signs in with a token of this key.
async fn sign_in(site: &Site, key: Key) -> crate::support::Outcome {
    let begun = site.begin("company").await;
    let token = key.token(&site.claims(&begun));
    site.finish_with(&begun, &token).await
}

/// security.md 42
async fn documents_are_read_once_an_hour(site: Site) {
    for _ in 0..3 {
        identity(sign_in(&site, Key::Ed).await);
    }
    assert_eq!((site.http.count(KEYS), site.http.count(CONFIGURATION)), (1, 1));
    site.clock.advance(HOUR - SECOND);
    identity(sign_in(&site, Key::Ed).await);
    assert_eq!((site.http.count(KEYS), site.http.count(CONFIGURATION)), (1, 1));
    site.clock.advance(SECOND);
    identity(sign_in(&site, Key::Ed).await);
    assert_eq!((site.http.count(KEYS), site.http.count(CONFIGURATION)), (2, 2));
}

async fn a_changed_key_is_read_during_the_sign_in(site: Site) {
    identity(sign_in(&site, Key::Ed).await);
    publish(&site, &[Key::NextEd.public()]);
    identity(sign_in(&site, Key::NextEd).await);
    assert_eq!(site.http.count(KEYS), 2);
    assert_token_refused(sign_in(&site, Key::Ed).await, NO_KEY, "a key that was withdrawn");
}

/// security.md 42
async fn made_up_key_ids_cost_five_requests_a_minute(site: Site) {
    identity(sign_in(&site, Key::Ed).await);
    for _ in 0..8 {
        assert_token_refused(sign_in(&site, Key::NextEd).await, NO_KEY, "unknown key");
    }
    assert_eq!(site.http.count(KEYS), 1 + 5);
    site.clock.advance(MINUTE - SECOND);
    assert_token_refused(sign_in(&site, Key::NextEd).await, NO_KEY, "unknown key");
    assert_eq!(site.http.count(KEYS), 1 + 5);
    identity(sign_in(&site, Key::Ed).await);
    site.clock.advance(SECOND);
    for _ in 0..8 {
        assert_token_refused(sign_in(&site, Key::NextEd).await, NO_KEY, "unknown key");
    }
    assert_eq!(site.http.count(KEYS), 1 + 5 + 5);
}

/// Otherwise one token with a made-up key id, while the provider does not answer, would keep everyone out.
async fn keys_are_kept_where_they_cannot_be_read_again(site: Site) {
    identity(sign_in(&site, Key::Ed).await);
    site.http.answer(KEYS, Answer::status(503, &json!({})));
    for _ in 0..8 {
        assert!(["provider_unavailable", "id_token_invalid"].contains(&code(sign_in(&site, Key::NextEd).await)));
    }
    identity(sign_in(&site, Key::Ed).await);
    assert_eq!(site.http.count(KEYS), 1 + 5);
}

async fn a_key_is_used_without_alg_and_not_against_its_alg_or_use(site: Site) {
    let with = |name: &str, value: &str| {
        let mut key = Key::Ed.public();
        key[name] = value.into();
        key
    };
    let mut bare = Key::Ed.public();
    bare.as_object_mut().unwrap().remove("use");
    for (key, accepted) in [
        (Key::Ed.public(), true),
        (bare, true),
        (with("alg", "EdDSA"), true),
        (with("alg", "RS256"), false),
        (with("use", "enc"), false),
        (with("kid", "another"), false),
    ] {
        publish(&site, std::slice::from_ref(&key));
        site.clock.advance(HOUR);
        let outcome = sign_in(&site, Key::Ed).await;
        if accepted {
            identity(outcome);
        } else {
            assert_token_refused(outcome, NO_KEY, &key.to_string());
        }
    }
}

/// security.md 42: one key that is not understood does not disable the others.
async fn keys_of_unknown_kinds_are_ignored(site: Site) {
    publish(
        &site,
        &[
            json!({ "kty": "AKP", "alg": "ML-DSA-65", "kid": "after quantum", "pub": "AAAA" }),
            json!({ "kty": "EC", "crv": "secp256k1", "kid": "another curve", "x": "AAAA", "y": "AAAA" }),
            json!({ "kty": "RSA", "kid": 7, "n": {}, "e": [] }),
            json!({ "kty": "OKP", "crv": "X25519", "use": "enc", "kid": "Ed", "x": "AAAA" }),
            json!({}),
            json!(null),
            json!("a key"),
            Key::Ed.public(),
        ],
    );
    identity(sign_in(&site, Key::Ed).await);
}

/// OpenID Connect Core 10.1
async fn a_token_without_a_key_id_needs_a_single_key(site: Site) {
    let sign_in = || async {
        let begun = site.begin("company").await;
        let token = Key::Ed.token_with(&json!({ "alg": "EdDSA" }), "EdDSA", &site.claims(&begun));
        site.finish_with(&begun, &token).await
    };
    identity(sign_in().await);
    publish(&site, &[Key::Ed.public(), Key::NextEd.public()]);
    site.clock.advance(HOUR);
    assert_token_refused(sign_in().await, NO_KEY, "two keys of the kind");
}
