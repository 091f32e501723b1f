//! Confirming a code.

use std::time::Duration;

use vestibule_auth::verification::ConfirmVerificationError;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use super::of;
use crate::support::{ADA, DAY, MICROSECOND, Module, PASSWORD, START, refusal};

on_both_engines!(
    a_code_works_once_and_in_its_time,
    a_newer_code_kills_the_older,
    other_codes_and_tokens_are_none,
    what_is_verified_is_not_verified_again,
    it_is_verified_for_one_identity,
);
on_both_engines!(4 threads: of_sixty_four_uses_of_one_code_one_succeeds);

const QUARTER: Duration = Duration::from_secs(15 * 60);

fn invalid() -> (ErrorKind, Option<&'static str>, String) {
    let message = "Verification code is invalid or already used".to_owned();
    (ErrorKind::NotAllowed, Some("verification_code_invalid"), message)
}

fn expired() -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::NotAllowed, Some("verification_code_expired"), "Verification code has expired".to_owned())
}

/// security.md 1 and 3
async fn a_code_works_once_and_in_its_time(module: Module) {
    let ada = module.owned(ADA, "user_2").await;
    let service = &module.service;
    let late = module.code(&of(&ada, ADA)).await;
    module.clock.set(START + QUARTER);
    for _ in 0..2 {
        assert_eq!(refusal(service.confirm_auth_verification(&late, None).await), expired());
    }
    module.clock.advance(DAY - MICROSECOND);
    module.service.delete_expired().await.unwrap();
    assert_eq!(refusal(service.confirm_auth_verification(&late, None).await), expired());

    let owned = module.owned("bob@example.com", "user_1").await;
    let code = module.code(&of(&owned, "bob@example.com")).await;
    module.clock.advance(QUARTER - MICROSECOND);
    let verified = service.confirm_auth_verification(&code, Some("token")).await.expect("good to the last");
    assert_eq!(verified.verified_at, Some(module.clock_now()));
    assert_eq!(refusal(service.confirm_auth_verification(&code, None).await), invalid());
    assert!(service.is_verified(&module.database, owned.id, "email", "BOB@example.com").await.unwrap());
    module.clock.advance(2 * DAY);
    module.service.delete_expired().await.unwrap();
    assert_eq!(module.count("auth_verifications").await, 1);
    assert!(service.is_verified(&module.database, owned.id, "email", "bob@example.com").await.unwrap());
}

/// security.md 3
async fn a_newer_code_kills_the_older(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let (older, newer) = (module.code(&of(&waiting, ADA)).await, module.code(&of(&waiting, "ADA@example.com")).await);
    assert_eq!(refusal(module.service.confirm_auth_verification(&older, None).await), invalid());
    module.service.confirm_auth_verification(&newer, None).await.unwrap();
}

/// security.md 4
async fn other_codes_and_tokens_are_none(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let code = module.code(&of(&owned, ADA)).await;
    let (reset, session) = (module.reset_token(ADA).await, module.session(&owned, "user").await);
    for other in
        ["", "rubbish", "a\0b", &reset, &session.token, code.split_at(1).1, &format!("{code} "), &"x".repeat(100_000)]
    {
        assert_eq!(refusal(module.service.confirm_auth_verification(other, None).await), invalid(), "{other:.50}");
    }
    assert_eq!(
        refusal(module.service.confirm_auth_verification(&code, Some("nosuch")).await).0,
        ErrorKind::InvalidData
    );
    assert!(module.service.reset_password(&code, PASSWORD).await.is_err());
    module.service.confirm_auth_verification(&code, None).await.unwrap();
}

async fn what_is_verified_is_not_verified_again(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let code = module.code(&of(&waiting, ADA)).await;
    let verified = module.service.confirm_auth_verification(&code, None).await.unwrap();
    let again = module.service.request_auth_verification(&of(&waiting, "ADA@example.com")).await.unwrap();
    assert_eq!((again.is_sent, again.verification), (false, verified));
    assert_eq!(module.count("outbox_events WHERE name = 'auth.verification_requested'").await, 1);
}

async fn it_is_verified_for_one_identity(module: Module) {
    let one = module.register(ADA, PASSWORD).await.unwrap();
    let other = module.register(ADA, "Other-harbour-77x").await.unwrap();
    let code = module.code(&of(&one, ADA)).await;
    module.code(&of(&other, ADA)).await;
    module.service.confirm_auth_verification(&code, None).await.unwrap();
    let is_verified = |identity, kind| module.service.is_verified(&module.database, identity, kind, ADA);
    assert!(is_verified(one.id, "email").await.unwrap());
    assert!(!is_verified(other.id, "email").await.unwrap());
    assert!(!is_verified(one.id, "phone").await.unwrap());
    module.service.delete_auth_identities([one.id].to_vec()).await.unwrap();
    assert_eq!(module.count("auth_verifications").await, 1);
}

/// security.md 2
async fn of_sixty_four_uses_of_one_code_one_succeeds(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let code = module.code(&of(&waiting, ADA)).await;
    let results = module
        .sixty_four(|service, _| {
            let code = code.clone();
            async move {
                match service.confirm_auth_verification(&code, None).await {
                    Ok(_) => 1,
                    Err(ConfirmVerificationError::Invalid) => 0,
                    Err(error) => panic!("{error}"),
                }
            }
        })
        .await;
    assert_eq!(results.into_iter().sum::<i32>(), 1);
}
