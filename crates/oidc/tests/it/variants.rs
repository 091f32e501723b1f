//! Providers that differ from the standard: Entra ID and Apple.

use serde_json::json;
use vestibule_auth::AuthInput;
use vestibule_oidc::{ResponseMode, TrustEmail};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Answer, Begun, HOUR, Key, Outcome, Site, call_back, code, identity, input, proven};

on_both_engines!(entra_id_states_no_verification_and_no_algorithms, apple_posts_and_writes_booleans_as_text);

async fn of_entra_id(site: &Site) -> Outcome {
    let begun = site.begin("company").await;
    let mut claims = site.claims(&begun);
    claims.as_object_mut().unwrap().remove("email_verified");
    claims["ver"] = "2.0".into();
    claims["oid"] = "00000000-0000-0000-66f3-3332eca7ea81".into();
    site.finish_with(&begun, &Key::Rsa.token(&claims)).await
}

async fn entra_id_states_no_verification_and_no_algorithms(mut site: Site) {
    let keys =
        json!({ "keys": [Key::Rsa.public(), { "kty": "RSA", "use": "sig", "kid": "next", "n": "AQAB", "e": "AQAB" }] });
    assert!(keys["keys"][0].get("alg").is_none());
    site.http.answer("https://accounts.example/keys", Answer::json(&keys));
    assert_eq!(code(of_entra_id(&site).await), "email_not_verified");
    site.set(|options| options.trust_email = TrustEmail::Always);
    assert_eq!(proven(&identity(of_entra_id(&site).await)), Some(ADA));
}

async fn post(site: &Site, begun: &Begun) -> Outcome {
    let user = r#"{"name":{"firstName":"Root"},"email":"root@example.com"}"#;
    let query = input([("code", "code"), ("state", &begun.parameter("state")), ("user", user)]).query;
    call_back(&site.module, "company", &AuthInput { body: query, ..input([]) }).await
}

async fn apple_posts_and_writes_booleans_as_text(mut site: Site) {
    site.set(|options| options.response_mode = ResponseMode::FormPost);
    let issue = |site: &Site, begun: &Begun| {
        let mut claims = site.claims(begun);
        claims["email_verified"] = "true".into();
        claims["is_private_email"] = "false".into();
        let token = Key::Ec.token(&claims);
        site.issue(begun, json!({ "access_token": "token", "id_token": token }));
    };
    let begun = site.begin("company").await;
    assert_eq!(begun.parameter("response_mode"), "form_post");
    issue(&site, &begun);
    assert_eq!(code(post(&site, &begun).await), "email_not_verified");
    site.set(|options| {
        options.response_mode = ResponseMode::FormPost;
        options.trust_email = TrustEmail::Always;
    });
    site.clock.advance(HOUR);
    let begun = site.begin("company").await;
    issue(&site, &begun);
    // Anyone can write into a form: only what is signed counts.
    assert_eq!(proven(&identity(post(&site, &begun).await)), Some(ADA));
    assert_eq!(code(post(&site, &begun).await), "sign_in_expired");
    let begun = site.begin("company").await;
    let denied = input([("error", "user_cancelled_authorize"), ("state", &begun.parameter("state"))]).query;
    let denied = AuthInput { body: denied, ..input([]) };
    assert_eq!(code(call_back(&site.module, "company", &denied).await), "sign_in_denied");
    assert_eq!(code(post(&site, &begun).await), "sign_in_expired");
}
