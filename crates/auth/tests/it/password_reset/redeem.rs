//! The effect of a token.

use serde_json::json;
use vestibule_auth::ResetPasswordError;
use vestibule_core::{ErrorKind, SigningKey};
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, MICROSECOND, Module, OTHER_PASSWORD, PASSWORD, SECRET, START, belonging_to, part, refusal, wrong_password,
};

on_both_engines!(
    the_new_password_counts_and_every_session_ends,
    a_token_works_once_and_in_its_time,
    a_newer_token_kills_the_older,
    a_password_that_is_refused_does_not_use_the_token_up,
    other_tokens_are_none,
    a_deleted_owner_has_no_password_to_reset,
    a_reset_lifts_a_lockout_by_guesses,
);

const QUARTER: std::time::Duration = std::time::Duration::from_secs(15 * 60);

fn invalid() -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::Unauthorized, Some("reset_token_invalid"), "Invalid token".to_owned())
}

/// security.md 13
async fn the_new_password_counts_and_every_session_ends(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let other_way = belonging_to("user_1", [part("google", ADA)]);
    let other_way = module.service.create_auth_identities(other_way).await.unwrap();
    let bystander = module.owned("bob@example.com", "user_2").await;
    let sessions = [
        module.session(&owned, "user").await,
        module.session(&owned, "user").await,
        module.session(&other_way, "user").await,
    ];
    let other = module.session(&bystander, "user").await;
    let token = module.reset_token(ADA).await;
    let reset = module.service.reset_password(&token, OTHER_PASSWORD).await.unwrap();
    assert_eq!((reset.auth_identity_id, reset.actor_id.as_str()), (owned.id, "user_1"));
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    assert_eq!(module.sign_in(ADA, OTHER_PASSWORD).await.unwrap().id, owned.id);
    for session in &sessions {
        assert!(!module.is_alive(session).await);
    }
    assert!(module.is_alive(&other).await);
    assert_eq!(
        module.delivered("auth.password_changed").await,
        json!({ "auth_identity_id": owned.id.to_string(), "entity_id": ADA, "actor_type": "user" })
    );
}

/// security.md 1 and 3
async fn a_token_works_once_and_in_its_time(module: Module) {
    module.owned(ADA, "user_1").await;
    let token = module.reset_token(ADA).await;
    module.service.reset_password(&token, OTHER_PASSWORD).await.unwrap();
    assert_eq!(refusal(module.service.reset_password(&token, PASSWORD).await), invalid());
    let token = module.reset_token(ADA).await;
    module.clock.set(START + QUARTER);
    assert_eq!(refusal(module.service.reset_password(&token, PASSWORD).await), invalid());
    module.sign_in(ADA, OTHER_PASSWORD).await.unwrap();
    assert_eq!(module.service.delete_expired().await.unwrap(), 2, "the token, and the count of those that were sent");

    let token = module.reset_token(ADA).await;
    module.clock.advance(QUARTER - MICROSECOND);
    module.service.reset_password(&token, PASSWORD).await.expect("good to the last");
}

/// security.md 3
async fn a_newer_token_kills_the_older(module: Module) {
    module.owned(ADA, "user_1").await;
    let (older, newer) = (module.reset_token(ADA).await, module.reset_token(ADA).await);
    assert_eq!(refusal(module.service.reset_password(&older, OTHER_PASSWORD).await), invalid());
    module.service.reset_password(&newer, OTHER_PASSWORD).await.unwrap();
}

/// security.md 8
async fn a_password_that_is_refused_does_not_use_the_token_up(module: Module) {
    module.owned(ADA, "user_1").await;
    let token = module.reset_token(ADA).await;
    for password in ["", "1234567", "password1", ADA, &"x".repeat(1_025)] {
        let before = module.passwords.done();
        let error = module.service.reset_password(&token, password).await.unwrap_err();
        assert!(matches!(error, ResetPasswordError::Password(_)), "{password:.20}: {error}");
        assert_eq!(refusal::<(), _>(Err(error)).0, ErrorKind::InvalidData);
        assert_eq!(module.passwords.done(), before, "nor is it hashed");
    }
    module.service.reset_password(&token, OTHER_PASSWORD).await.unwrap();
}

/// security.md 4 and 12: and nothing is hashed for them.
async fn other_tokens_are_none(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let token = module.reset_token(ADA).await;
    let session = module.session(&owned, "user").await;
    let key = SigningKey::new(SECRET);
    let mut claims: serde_json::Value = key.read(&token).unwrap();
    claims["purpose"] = json!("session");
    let before = module.passwords.done();
    let other_purpose = key.sign(&claims);
    claims["purpose"] = json!("reset");
    claims["jti"] = json!("another");
    for other in [
        "",
        "rubbish",
        &session.token,
        &other_purpose,
        &key.sign(&claims),
        &SigningKey::new(b"another secret").sign(&claims),
        token.split_at(token.len() - 1).0,
        &format!("{token} "),
    ] {
        assert_eq!(refusal(module.service.reset_password(other, OTHER_PASSWORD).await), invalid(), "{other}");
    }
    assert_eq!(module.passwords.done(), before);
    assert!(module.service.read_token(&token).is_err(), "nor is it a session's");
    module.service.reset_password(&token, OTHER_PASSWORD).await.unwrap();
}

/// security.md 21 and 28
async fn a_deleted_owner_has_no_password_to_reset(module: Module) {
    module.owned(ADA, "user_1").await;
    let token = module.reset_token(ADA).await;
    module.remove_actor("user", "user_1").await;
    assert_eq!(module.count("auth_password_resets").await, 0);
    module.owned(ADA, "user_2").await;
    assert_eq!(refusal(module.service.reset_password(&token, OTHER_PASSWORD).await), invalid());
    module.sign_in(ADA, PASSWORD).await.expect("the new owner of the address has another password");
}

/// security.md 11
async fn a_reset_lifts_a_lockout_by_guesses(module: Module) {
    module.owned(ADA, "user_1").await;
    for _ in 0..12 {
        assert!(module.sign_in(ADA, OTHER_PASSWORD).await.is_err());
    }
    let token = module.reset_token(ADA).await;
    module.service.reset_password(&token, OTHER_PASSWORD).await.unwrap();
    module.sign_in(ADA, OTHER_PASSWORD).await.unwrap();
}
