//! Which tokens are valid: those of invites, signed with our key, for the newest state of the row, and no others.

use serde_json::{Value as Json, json};
use vestibule_core::SigningKey;
use vestibule_testing::on_both_engines;
use vestibule_user::{UserModule, UserOptions};

use super::accept;
use crate::support::{Module, SECRET, refusal};

on_both_engines!(
    a_token_has_the_reference_s_claims_and_a_purpose,
    every_other_token_is_refused,
    tokens_of_another_secret_are_refused,
    the_database_holds_no_usable_token,
    opening_a_link_changes_nothing,
);

fn claims(token: &str) -> Json {
    SigningKey::new(SECRET).read(token).unwrap()
}

async fn a_token_has_the_reference_s_claims_and_a_purpose(module: Module) {
    let invite = module.invite("Ada@Example.com").await;
    let claims = claims(invite.token.as_deref().unwrap());
    assert_eq!((&claims["id"], &claims["email"]), (&json!(invite.id.to_string()), &json!("Ada@Example.com")));
    assert_eq!(claims["purpose"], "invite");
    assert_eq!(claims["iat"], json!(invite.sent_at.as_seconds()));
    assert_eq!(claims["exp"], json!(invite.expires_at.as_seconds()));
    let nonce = claims["jti"].as_str().unwrap();
    assert!(nonce.len() == 32 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit()), "128 random bits: {nonce}");
}

/// security.md 4: every other kind of token, each signed with the right key.
async fn every_other_token_is_refused(module: Module) {
    let (ada, eve) = (module.invite("ada@example.com").await, module.invite("eve@example.com").await);
    let (good, other) = (claims(ada.token.as_deref().unwrap()), claims(eve.token.as_deref().unwrap()));
    let with = |name: &str, value: Json| {
        let mut claims = good.clone();
        match value {
            Json::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        SigningKey::new(SECRET).sign(&claims)
    };
    let session = json!({"actor_id": "user_01J00000000000000000000000", "actor_type": "user", "purpose": "session",
                         "sid": "sess_01J00000000000000000000000", "iat": 0, "exp": 9_999_999_999_i64});
    for (token, code) in [
        (SigningKey::new(SECRET).sign(&session), "invite_token_invalid"),
        (with("purpose", json!("password_reset")), "invite_token_invalid"),
        (with("purpose", json!("Invite")), "invite_token_invalid"),
        (with("purpose", json!("")), "invite_token_invalid"),
        (with("purpose", Json::Null), "invite_token_invalid"),
        (with("id", json!("invite_01J00000000000000000000000")), "invite_token_invalid"),
        (with("id", json!("user_01J00000000000000000000000")), "invite_token_invalid"),
        (with("id", json!("' OR 1=1 --")), "invite_token_invalid"),
        (with("id", json!(7)), "invite_token_invalid"),
        (with("jti", Json::Null), "invite_token_invalid"),
        (with("jti", json!("")), "invite_token_replaced"),
        (with("jti", other["jti"].clone()), "invite_token_replaced"),
        (with("exp", json!("tomorrow")), "invite_token_invalid"),
        (String::new(), "invite_token_invalid"),
        ("rubbish".into(), "invite_token_invalid"),
        ("\0".into(), "invite_token_invalid"),
        ("a.".repeat(100_000), "invite_token_invalid"),
        (ada.id.to_string(), "invite_token_invalid"),
    ] {
        for error in [
            module.service.validate_invite_token(&token).await.unwrap_err(),
            accept(&module.database, &module.service, &token).await.unwrap_err(),
        ] {
            assert_eq!(refusal(&error).1, Some(code), "{error:?}: {token:.200}");
        }
    }
    assert_eq!(module.new_events(2).await, Vec::<String>::new());
    // The expiry in the token does not count: the row's does.
    module.clock.set(ada.expires_at);
    let longer = with("exp", json!(9_999_999_999_i64));
    assert_eq!(refusal(&module.service.validate_invite_token(&longer).await.unwrap_err()).1, Some("invite_expired"));
}

async fn tokens_of_another_secret_are_refused(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let (environment, _) = vestibule_testing::test_environment();
    let other = UserOptions::new(SigningKey::new(b"another secret of thirty-two byt"));
    let other = UserModule::new(module.database.clone(), environment, other);
    let error = other.validate_invite_token(invite.token.as_deref().unwrap()).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("invite_token_invalid"));
    // A new secret derives new tokens from the same rows.
    let token = other.retrieve_invite(invite.id).await.unwrap().token.unwrap();
    assert!(other.validate_invite_token(&token).await.is_ok());
    assert!(module.service.validate_invite_token(&token).await.is_err());
}

/// security.md 1: neither a row nor an event holds a token, or its signature.
async fn the_database_holds_no_usable_token(module: Module) {
    struct Texts(Vec<String>);
    impl vestibule_database::FromRow for Texts {
        fn from_row(row: &vestibule_database::Row<'_>) -> Result<Self, vestibule_database::Error> {
            let columns = ["id", "email", "email_canonical", "state", "nonce", "search_text"];
            columns.into_iter().map(|column| row.get(column)).collect::<Result<_, _>>().map(Self)
        }
    }
    let token = module.invite("ada@example.com").await.token.unwrap();
    let signature = token.rsplit('.').next().unwrap();
    let text = "SELECT id, email, email_canonical, state, nonce, search_text FROM invites";
    let Texts(held) = module.database.query(text, &[]).await.unwrap().remove(0);
    for text in &held {
        assert!(!text.contains(signature) && !text.contains(&token));
        assert!(module.service.validate_invite_token(text).await.is_err());
    }
    for event in vestibule_outbox::newest(&module.database, 10).await.unwrap() {
        assert!(!event.data.to_string().contains(signature), "{event:?}");
    }
    let printed = format!("{:?}", module.service);
    assert!(
        !printed.contains("a secret of") && !printed.contains(&format!("{:?}", SECRET)),
        "security.md 31: {printed}"
    );
}

/// security.md 7: a mail scanner opens links.
async fn opening_a_link_changes_nothing(module: Module) {
    let invite = module.invite("ada@example.com").await;
    module.clock.advance(crate::support::SECOND);
    for _ in 0..3 {
        assert_eq!(module.service.validate_invite_token(invite.token.as_deref().unwrap()).await.unwrap(), invite);
    }
    assert_eq!(module.new_events(1).await, Vec::<String>::new());
}
