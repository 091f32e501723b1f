//! GitHub: no ID token, but an API.

use serde_json::{Value as Json, json};
use vestibule_auth::AuthIdentity;
use vestibule_core::DomainError;
use vestibule_testing::on_both_engines;

use crate::support::{Answer, Outcome, Site, assert_token_refused, code, finish, identity, profile, proven, refusal};

on_both_engines!(
    the_number_is_the_identity_also_of_a_renamed_account,
    only_a_primary_address_that_is_verified_counts,
    an_error_with_the_status_200_is_a_refusal,
    tokens_need_no_expiry_but_an_access_token,
    a_user_without_a_number_is_refused,
    an_api_that_does_not_answer_is_reported,
);

const USER: &str = "https://api.github.com/user";
const ADDRESSES: &str = "https://api.github.com/user/emails";

/// What the API answers.
fn publish(site: &Site, user: &Json, addresses: &Json) {
    site.http.answer(USER, Answer::json(user));
    site.http.answer(ADDRESSES, Answer::json(addresses));
}

fn ada() -> Json {
    json!({ "id": 583_231, "login": "ada", "name": "Ada", "email": "public@example.com", "url": "https://x/ada" })
}

fn addresses() -> Json {
    json!([
        { "email": "old@example.com", "primary": false, "verified": true, "visibility": null },
        { "email": "ada@example.com", "primary": true, "verified": true, "visibility": "private" },
    ])
}

async fn sign_in(site: &Site, tokens: Json) -> Outcome {
    let begun = site.begin("github").await;
    site.issue(&begun, tokens);
    finish(&site.module, &begun, &[]).await
}

async fn signed_in(site: &Site) -> AuthIdentity {
    identity(sign_in(site, json!({ "access_token": "gho_secret", "token_type": "bearer", "scope": "user" })).await)
}

/// The name of an account can be given up, and taken by another.
async fn the_number_is_the_identity_also_of_a_renamed_account(site: Site) {
    publish(&site, &ada(), &addresses());
    let first = signed_in(&site).await;
    assert_eq!(first.provider_identities[0].entity_id, "583231");
    assert_eq!((proven(&first), &profile(&first)["name"]), (Some("ada@example.com"), &json!("Ada")));
    let mut renamed = ada();
    (renamed["login"], renamed["name"]) = ("countess".into(), "Countess".into());
    publish(&site, &renamed, &json!([{ "email": "new@example.com", "primary": true, "verified": true }]));
    let second = signed_in(&site).await;
    assert_eq!((second.id, proven(&second)), (first.id, Some("new@example.com")));
    assert_eq!(profile(&second)["name"], "Countess");
    let mut successor = ada();
    successor["id"] = 7.into();
    publish(&site, &successor, &addresses());
    assert_ne!(signed_in(&site).await.id, first.id);
    for sent in site.http.sent() {
        assert!(!sent.url.contains('?') && !sent.url.contains("gho_secret"), "{}", sent.url);
    }
}

/// security.md 41
async fn only_a_primary_address_that_is_verified_counts(site: Site) {
    for list in [
        json!([]),
        json!([{ "email": "ada@example.com", "primary": true, "verified": false }]),
        json!([{ "email": "ada@example.com", "primary": false, "verified": true }]),
        json!([{ "email": "ada@example.com", "primary": "true", "verified": "true" }]),
        json!([{ "email": "ada@example.com" }]),
        json!([{ "email": null, "primary": true, "verified": true }]),
        json!([{ "email": "no address", "primary": true, "verified": true }]),
        json!(["ada@example.com", null, 7]),
        json!({ "email": "ada@example.com", "primary": true, "verified": true }),
    ] {
        publish(&site, &ada(), &list);
        let identity = signed_in(&site).await;
        assert_eq!(proven(&identity), None, "{list}");
        assert_eq!(profile(&identity)["email"], Json::Null, "the public address may be any text");
    }
}

async fn an_error_with_the_status_200_is_a_refusal(site: Site) {
    let error = json!({ "error": "bad_verification_code", "error_description": "…", "access_token": "gho_secret" });
    let refused = refusal(sign_in(&site, error).await);
    assert_eq!(refused.code(), Some("sign_in_code_refused"));
    assert_eq!(refused.to_string(), "Github Authentication refused the code: bad_verification_code");
    assert_eq!(site.http.count(USER), 0);
}

async fn tokens_need_no_expiry_but_an_access_token(site: Site) {
    publish(&site, &ada(), &addresses());
    for tokens in [
        json!({ "access_token": "gho_secret" }),
        json!({ "access_token": "gho_secret", "expires_in": 28800, "refresh_token": "ghr_secret" }),
        json!({ "access_token": "gho_secret", "expires_in": "never" }),
    ] {
        identity(sign_in(&site, tokens).await);
    }
    assert_eq!(code(sign_in(&site, json!({ "token_type": "bearer" })).await), "sign_in_code_refused");
}

async fn a_user_without_a_number_is_refused(site: Site) {
    for id in [json!(null), json!("583231"), json!(-1), json!(1.5), json!([1])] {
        let mut user = ada();
        user["id"] = id.clone();
        publish(&site, &user, &addresses());
        let outcome = sign_in(&site, json!({ "access_token": "gho_secret" })).await;
        assert_token_refused(outcome, "states no usable id of the user", &id.to_string());
    }
    assert_eq!(site.count("auth_identities").await, 0);
}

async fn an_api_that_does_not_answer_is_reported(site: Site) {
    for (url, answer) in [
        (USER, Answer::status(401, &json!({}))),
        (USER, Answer::status(302, &json!({}))),
        (USER, Answer::json(&json!([]))),
        (ADDRESSES, Answer::status(403, &json!({}))),
        ("https://github.com/login/oauth/access_token", Answer::status(502, &json!({}))),
    ] {
        publish(&site, &ada(), &addresses());
        site.http.answer(url, answer);
        let refused = refusal(sign_in(&site, json!({ "access_token": "gho_secret" })).await);
        assert_eq!(refused.code(), Some("provider_unavailable"), "{url}");
        assert!(!refused.to_string().contains("github.com"), "{refused}");
    }
}
