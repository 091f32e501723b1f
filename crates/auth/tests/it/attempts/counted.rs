//! What counts as an attempt, and until when.

use std::time::Duration;

use vestibule_auth::{AttemptLimit, AuthInput};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, HOUR, MICROSECOND, Module, OTHER_PASSWORD, PASSWORD, START, credentials, refusal, sign_in, wrong_password,
};

on_both_engines!(
    failed_tries_are_forgotten_after_their_window,
    a_sign_in_clears_the_attempts,
    an_address_is_one_account_in_every_spelling,
    known_and_unknown_addresses_are_refused_alike,
    what_is_not_evaluated_is_no_try,
    the_limit_is_a_setting,
    a_second_factor_due_refunds_the_attempt_and_clears_nothing,
    expired_rows_are_deleted,
);

const WINDOW: Duration = Duration::from_secs(15 * 60);

async fn fail(module: &Module, address: &str, times: u32) {
    for _ in 0..times {
        assert_eq!(refusal(module.sign_in(address, OTHER_PASSWORD).await), wrong_password(), "{address}");
    }
}

async fn is_blocked(module: &Module, address: &str) -> bool {
    match module.sign_in(address, PASSWORD).await {
        Err(error) => refusal::<(), _>(Err(error)).0 == ErrorKind::TooManyRequests,
        Ok(_) => false,
    }
}

/// security.md 11
async fn failed_tries_are_forgotten_after_their_window(module: Module) {
    module.owned(ADA, "user_1").await;
    fail(&module, ADA, 10).await;
    module.clock.set(START + WINDOW - MICROSECOND);
    let attempts = module.service.attempts(ADA).await.unwrap();
    assert_eq!((attempts.failed, attempts.blocked, attempts.forgotten_at), (10, true, Some(START + WINDOW)));
    let (kind, code, message) = refusal(module.sign_in(ADA, PASSWORD).await);
    assert_eq!((kind, code), (ErrorKind::TooManyRequests, Some("too_many_attempts")));
    assert_eq!(message, "Too many failed attempts for this account. Wait a minute, or reset the password by mail.");
    module.clock.set(START + WINDOW);
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 0);
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

async fn a_sign_in_clears_the_attempts(module: Module) {
    module.owned(ADA, "user_1").await;
    for _ in 0..3 {
        fail(&module, ADA, 9).await;
        module.sign_in(ADA, PASSWORD).await.unwrap();
    }
    fail(&module, ADA, 10).await;
    module.service.clear_attempts(ADA).await.unwrap();
    module.sign_in(ADA, PASSWORD).await.expect("an administrator has cleared them");
}

/// security.md 15
async fn an_address_is_one_account_in_every_spelling(module: Module) {
    module.owned(ADA, "user_1").await;
    for address in [ADA, "ADA@example.com", " ada@EXAMPLE.com ", "ada@ｅxample.com", "Ada@Example.Com"] {
        fail(&module, address, 2).await;
    }
    assert!(is_blocked(&module, ADA).await);
    assert!(!is_blocked(&module, "bob@example.com").await);
}

/// security.md 10
async fn known_and_unknown_addresses_are_refused_alike(module: Module) {
    module.owned(ADA, "user_1").await;
    module.register("waiting@example.com", PASSWORD).await.unwrap();
    for address in [ADA, "waiting@example.com", "stranger@example.com", "rubbish", &"x".repeat(100_000), "a\0b"] {
        fail(&module, address, 10).await;
        let refused = refusal(module.sign_in(address, OTHER_PASSWORD).await);
        let message =
            "Too many failed attempts for this account. Wait 15 minutes, or reset the password by mail.".to_owned();
        assert_eq!(refused, (ErrorKind::TooManyRequests, Some("too_many_attempts"), message), "{address:.40}");
    }
    let stored = module.count("auth_attempts WHERE account LIKE '%rubbish%' OR account LIKE '%xxx%'").await;
    assert_eq!(stored, 0, "text that is no address may be a password");
}

/// security.md 12: nor does it cost anything.
async fn what_is_not_evaluated_is_no_try(module: Module) {
    module.owned(ADA, "user_1").await;
    let before = module.passwords.done();
    for _ in 0..12 {
        for input in [
            credentials(ADA, &"x".repeat(1_025)),
            credentials(ADA, &"x".repeat(1_000_000)),
            credentials(ADA, ""),
            AuthInput::body([("email", ADA)]),
            AuthInput::default(),
        ] {
            let kind = refusal(module.service.authenticate("emailpass", &input).await).0;
            assert_ne!(kind, ErrorKind::TooManyRequests, "{input:?}");
        }
    }
    assert_eq!((module.passwords.done(), module.count("auth_attempts").await), (before, 0));
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

async fn the_limit_is_a_setting(module: Module) {
    module.owned(ADA, "user_1").await;
    let service = module.with_options(|options| options.attempts = AttemptLimit { most: 2, window: HOUR });
    for expected in [ErrorKind::Unauthorized, ErrorKind::Unauthorized, ErrorKind::TooManyRequests] {
        assert_eq!(refusal(sign_in(&service, ADA, OTHER_PASSWORD).await).0, expected);
    }
    let unlimited = module.without_limits();
    for _ in 0..32 {
        assert_eq!(refusal(sign_in(&unlimited, ADA, OTHER_PASSWORD).await), wrong_password());
    }
    sign_in(&unlimited, ADA, PASSWORD).await.unwrap();
}

/// Otherwise an attacker with the password could guess codes for ever.
async fn a_second_factor_due_refunds_the_attempt_and_clears_nothing(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let text =
        "INSERT INTO auth_mfa_factors (id, auth_identity_id, provider, status, last_step, created_at, updated_at)
                VALUES ($1, $2, 'totp', 'enabled', 0, $3, $3)";
    module.execute(text, &["authmfa_01JABCDEFGHJKMNPQRSTVWXYZ0".into(), owned.id.into(), START.into()]).await;
    fail(&module, ADA, 9).await;
    for _ in 0..12 {
        let due = module.sign_in(ADA, PASSWORD).await;
        assert!(matches!(due, Err(vestibule_auth::AuthenticateError::MfaRequired(_))), "{due:?}");
    }
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 9);
    fail(&module, ADA, 1).await;
    assert!(is_blocked(&module, ADA).await);
}

async fn expired_rows_are_deleted(module: Module) {
    fail(&module, "stranger@example.com", 3).await;
    module.clock.set(START + WINDOW - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.set(START + WINDOW);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.count("auth_attempts").await, 0);
}
