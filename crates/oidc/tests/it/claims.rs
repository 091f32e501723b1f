//! The checks of an ID token's claims (OpenID Connect Core 3.1.3.7).

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{ACCESS_TOKEN, Key, Site, assert_token_refused, code, finish, hash_of, identity, unsigned};

on_both_engines!(
    a_claim_of_another_sign_in_is_refused,
    times_are_compared_with_five_seconds_of_tolerance,
    the_hash_of_the_access_token_is_compared,
    the_authorized_party_and_a_list_of_one_audience_are_accepted,
    a_missing_or_unreadable_token_is_refused,
    claims_of_wrong_types_and_huge_numbers_are_refused,
    unusual_profiles_are_accepted,
    an_unusable_id_is_refused,
);

/// Sets a claim, or removes it with `null`.
fn set<'a>(name: &'a str, value: Json) -> impl FnOnce(&mut Json) + 'a {
    move |claims| {
        match value {
            Json::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        };
    }
}

/// security.md 41
async fn a_claim_of_another_sign_in_is_refused(site: Site) {
    const AUDIENCE: &str = "its audience (aud) is not this service, or not this service alone";
    const ISSUER: &str = "its issuer (iss) is another";
    const NONCE: &str = "it belongs to another sign-in (nonce)";
    const PARTY: &str = "it was issued to another service (azp)";
    for (name, value, reason) in [
        ("aud", json!("another client"), AUDIENCE),
        ("aud", json!("The Client"), AUDIENCE),
        ("aud", json!(["the client", "another client"]), AUDIENCE),
        ("aud", json!([]), AUDIENCE),
        ("iss", json!("https://other.example"), ISSUER),
        ("iss", json!("https://accounts.example/"), ISSUER),
        ("iss", json!("HTTPS://ACCOUNTS.EXAMPLE"), ISSUER),
        ("iss", json!("accounts.example"), ISSUER),
        ("iss", json!(null), ISSUER),
        ("nonce", json!("another nonce"), NONCE),
        ("nonce", json!(""), NONCE),
        ("nonce", json!(null), NONCE),
        ("azp", json!("another client"), PARTY),
    ] {
        let case = format!("{name} {value}");
        assert_token_refused(site.sign_in(set(name, value)).await, reason, &case);
    }
    assert_eq!(site.count("auth_identities").await, 0);
}

/// security.md 41
async fn times_are_compared_with_five_seconds_of_tolerance(site: Site) {
    const EXPIRED: &str = "it has expired (exp)";
    const EARLY: &str = "it is not valid yet (iat, nbf)";
    let now = site.now();
    for (name, value, reason) in [
        ("exp", json!(now - 10), Some(EXPIRED)),
        ("exp", json!(now - 5), Some(EXPIRED)),
        ("exp", json!(now - 4), None),
        ("exp", json!(0), Some(EXPIRED)),
        ("exp", json!(-1), Some(EXPIRED)),
        ("iat", json!(now + 10), Some(EARLY)),
        ("iat", json!(now + 6), Some(EARLY)),
        ("iat", json!(now + 5), None),
        ("nbf", json!(now + 10), Some(EARLY)),
        ("nbf", json!(now + 5), None),
        ("nbf", json!(now as f64 + 0.5), None),
        ("nbf", json!(1e300), Some(EARLY)),
        ("nbf", json!("soon"), Some(EARLY)),
    ] {
        let case = format!("{name} {value}");
        let outcome = site.sign_in(set(name, value)).await;
        match reason {
            Some(reason) => assert_token_refused(outcome, reason, &case),
            None => drop(identity(outcome)),
        }
    }
}

/// security.md 41
async fn the_hash_of_the_access_token_is_compared(site: Site) {
    for (key, hash, accepted) in [
        (Key::Ec, hash_of(ACCESS_TOKEN), true),
        (Key::Ec, hash_of("another token"), false),
        (Key::Ec, String::new(), false),
        // EdDSA goes with SHA-512.
        (Key::Ed, hash_of(ACCESS_TOKEN), false),
    ] {
        let begun = site.begin("company").await;
        let mut claims = site.claims(&begun);
        claims["at_hash"] = hash.as_str().into();
        let outcome = site.finish_with(&begun, &key.token(&claims)).await;
        if accepted {
            identity(outcome);
        } else {
            assert_token_refused(outcome, "it belongs to another access token (at_hash)", &hash);
        }
    }
}

async fn the_authorized_party_and_a_list_of_one_audience_are_accepted(site: Site) {
    identity(site.sign_in(set("azp", json!("the client"))).await);
    identity(site.sign_in(set("aud", json!(["the client"]))).await);
}

async fn a_missing_or_unreadable_token_is_refused(site: Site) {
    let begun = site.begin("company").await;
    site.issue(&begun, json!({ "access_token": ACCESS_TOKEN }));
    let missing = finish(&site.module, &begun, &[]).await;
    assert_token_refused(missing, "company has sent no ID token: openid must be among the scopes", "missing");
    let claims = json!({ "iss": "https://accounts.example" });
    let encrypted = unsigned(&json!({ "alg": "RSA-OAEP", "enc": "A256GCM" }), &claims);
    for rubbish in ["", ".", "..", "a.b.c", "not a token", "e30.bm8.e30", "\u{0}", &"a".repeat(100_000), &encrypted] {
        let begun = site.begin("company").await;
        assert_token_refused(site.finish_with(&begun, rubbish).await, "it cannot be read", rubbish);
    }
    for tokens in [json!({ "id_token": 7 }), json!({ "access_token": [] }), json!("tokens"), json!([])] {
        let begun = site.begin("company").await;
        site.issue(&begun, tokens.clone());
        assert_eq!(code(finish(&site.module, &begun, &[]).await), "provider_unavailable", "{tokens}");
    }
}

async fn claims_of_wrong_types_and_huge_numbers_are_refused(site: Site) {
    let huge: Json = serde_json::from_str("123456789012345678901234567890").unwrap();
    for (name, value) in [
        ("sub", json!(7)),
        ("sub", json!(null)),
        ("sub", json!(["ada"])),
        ("aud", json!(7)),
        ("aud", json!({ "the client": true })),
        ("iss", json!(["https://accounts.example"])),
        ("nonce", json!(7)),
        ("exp", json!("tomorrow")),
        ("exp", json!(null)),
        ("exp", json!(1e300)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(i64::MIN)),
        ("exp", huge.clone()),
        ("iat", json!("today")),
        ("iat", json!(null)),
        ("iat", json!(-1e300)),
        ("iat", json!(i64::MAX)),
        ("iat", huge),
        ("email", json!([])),
        ("at_hash", json!(7)),
        ("azp", json!(7)),
    ] {
        let case = format!("{name} {value}");
        assert_token_refused(site.sign_in(set(name, value)).await, "", &case);
    }
    for claims in [json!([]), json!(null), json!("claims"), json!(7)] {
        let begun = site.begin("company").await;
        assert_token_refused(site.finish_with(&begun, &Key::Ed.token(&claims)).await, "cannot be read", "no object");
    }
}

/// What providers are known to send beside the standard.
async fn unusual_profiles_are_accepted(site: Site) {
    for (name, value) in [
        // Auth0
        ("updated_at", json!("2026-11-22T09:30:00.000Z")),
        ("updated_at", json!(1_795_339_800)),
        ("locale", json!("de_DE")),
        ("groups", json!(["staff"])),
        ("name", json!("Ada\u{202e}")),
    ] {
        let case = format!("{name} {value}");
        assert!(site.sign_in(set(name, value)).await.is_ok(), "{case}");
    }
}

async fn an_unusable_id_is_refused(site: Site) {
    for id in ["", "a\u{0}b", "a\nb", &"a".repeat(256)] {
        let outcome = site.sign_in(set("sub", id.into())).await;
        assert_token_refused(outcome, "states no usable id of the user", id);
    }
    identity(site.sign_in(set("sub", "a".repeat(255).into())).await);
}
