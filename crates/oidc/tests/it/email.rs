//! Which addresses count as the user's own. Linking by an address that no one has verified is how accounts are taken over.

use serde_json::{Value as Json, json};
use vestibule_core::DomainError;
use vestibule_oidc::TrustEmail;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Answer, Outcome, Site, assert_token_refused, code, identity, profile, proven, refusal};

on_both_engines!(
    only_the_boolean_true_verifies_an_address,
    an_operator_can_trust_a_provider_always_or_never,
    an_address_is_read_from_the_user_information,
    user_information_of_another_user_is_refused,
    user_information_is_asked_for_only_if_needed,
    another_claim_is_not_verified_by_that_of_the_address,
);

const USER_INFO: &str = "https://accounts.example/userinfo";

async fn sign_in_with(site: &Site, email: Json, verified: Json) -> Outcome {
    site.sign_in(|claims| {
        for (name, value) in [("email", email), ("email_verified", verified)] {
            claims[name] = value;
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    })
    .await
}

/// security.md 41
async fn only_the_boolean_true_verifies_an_address(site: Site) {
    for verified in [json!(null), json!(false), json!("true"), json!("false")] {
        let refusal = refusal(sign_in_with(&site, ADA.into(), verified.clone()).await);
        assert_eq!(refusal.code(), Some("email_not_verified"), "{verified}");
        assert_eq!(refusal.to_string(), "The identity provider did not confirm a verified email address");
    }
    for verified in [json!(1), json!("yes"), json!([true])] {
        assert_eq!(code(sign_in_with(&site, ADA.into(), verified.clone()).await), "id_token_invalid", "{verified}");
    }
    for email in ["", "ada", "ada@", "a b@example.com", "ada@example.com\nbcc: x@example.com"] {
        assert_eq!(code(sign_in_with(&site, email.into(), true.into()).await), "email_not_verified", "{email}");
    }
    assert_eq!(site.count("auth_identities").await, 0);
    let identity = identity(sign_in_with(&site, ADA.into(), true.into()).await);
    assert_eq!(proven(&identity), Some(ADA));
}

/// security.md 41
async fn an_operator_can_trust_a_provider_always_or_never(mut site: Site) {
    site.set(|options| options.trust_email = TrustEmail::Always);
    for verified in [json!(null), json!(false), json!("false"), json!(true)] {
        assert_eq!(proven(&identity(sign_in_with(&site, ADA.into(), verified).await)), Some(ADA));
    }
    assert_eq!(proven(&identity(sign_in_with(&site, "no address".into(), true.into()).await)), None);
    site.set(|options| options.trust_email = TrustEmail::Never);
    for verified in [json!(null), json!(false), json!(true)] {
        let identity = identity(sign_in_with(&site, ADA.into(), verified).await);
        assert_eq!(proven(&identity), None, "what was proved earlier counts no more");
        assert_eq!(profile(&identity)["email"], ADA);
    }
}

async fn an_address_is_read_from_the_user_information(site: Site) {
    let told = json!({ "sub": "ada at company", "email": ADA, "email_verified": true, "name": "Another", "sid": 7 });
    site.http.answer(USER_INFO, Answer::json(&told));
    let identity = identity(sign_in_with(&site, json!(null), json!(null)).await);
    assert_eq!(proven(&identity), Some(ADA));
    assert_eq!(profile(&identity)["name"], "Ada Lovelace", "what is signed comes first");
    let sent = site.http.sent().pop().unwrap();
    assert_eq!(sent.url, USER_INFO);
    assert_eq!(sent.headers["authorization"], "Bearer the access token");

    site.http.answer(USER_INFO, Answer::json(&json!({ "sub": "ada at company", "email": ADA })));
    assert_eq!(code(sign_in_with(&site, json!(null), json!(null)).await), "email_not_verified");
}

/// security.md 41: OpenID Connect Core 5.3.2
async fn user_information_of_another_user_is_refused(site: Site) {
    for told in [
        json!({ "sub": "bob at company", "email": ADA, "email_verified": true }),
        json!({ "sub": ["ada at company"], "email": ADA, "email_verified": true }),
        json!({ "email": ADA, "email_verified": true }),
    ] {
        site.http.answer(USER_INFO, Answer::json(&told));
        let outcome = sign_in_with(&site, json!(null), json!(null)).await;
        assert_token_refused(outcome, "company has sent the data of another user", &told.to_string());
    }
    for told in [json!([]), json!("ada"), json!(null)] {
        site.http.answer(USER_INFO, Answer::json(&told));
        assert_eq!(code(sign_in_with(&site, json!(null), json!(null)).await), "provider_unavailable");
    }
}

async fn user_information_is_asked_for_only_if_needed(mut site: Site) {
    identity(sign_in_with(&site, ADA.into(), true.into()).await);
    site.set(|options| options.trust_email = TrustEmail::Never);
    identity(sign_in_with(&site, json!(null), json!(null)).await);
    assert_eq!(site.http.count(USER_INFO), 0);
    site.announce(|document| document["userinfo_endpoint"] = Json::Null);
    assert_eq!(code(sign_in_with(&site, json!(null), json!(null)).await), "email_not_verified");
}

/// security.md 41: `email_verified` is about `email`. Users of some providers choose a `preferred_username` freely, also one that is
/// the address of another.
async fn another_claim_is_not_verified_by_that_of_the_address(mut site: Site) {
    let named = |claims: &mut Json| {
        claims["email"] = "mallory@example.net".into();
        claims["preferred_username"] = ADA.into();
    };
    site.set(|options| drop(options.claims.insert("email".to_owned(), "preferred_username".to_owned())));
    assert_eq!(code(site.sign_in(named).await), "email_not_verified");
    site.set(|options| {
        options.claims.insert("email".to_owned(), "preferred_username".to_owned());
        options.claims.insert("email_verified".to_owned(), "email_verified".to_owned());
    });
    assert_eq!(proven(&identity(site.sign_in(named).await)), Some(ADA), "the operator says that it is");
}
