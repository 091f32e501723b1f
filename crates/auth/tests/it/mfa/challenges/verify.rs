//! Passing challenges.

use std::time::Duration;

use vestibule_auth::mfa::DisableAuthMfa;
use vestibule_auth::mfa::VerifyChallengeError;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use super::super::{STEP, WRONG, code};
use crate::support::{ADA, MICROSECOND, Module, refusal};

on_both_engines!(
    a_passed_challenge_counts_once,
    one_step_either_side_and_no_more,
    a_used_step_never_counts_again,
    five_tries_and_no_more,
    a_new_challenge_is_no_new_chance,
    its_time_ends_at_the_very_moment,
    only_the_challenged_identity_may_pass,
    unknown_methods_cost_nothing,
    a_disabled_factor_does_not_pass_a_challenge,
);

fn not_allowed(message: &str) -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::NotAllowed, None, message.to_owned())
}

/// security.md 2: the session stays what it was, and the user's attempts are cleared.
async fn a_passed_challenge_counts_once(module: Module) {
    let enrolled = module.enrolled().await;
    let challenge = module.challenge(&enrolled.identity).await;
    assert_eq!(refusal(module.answer(&challenge, "totp", WRONG).await), not_allowed("Invalid MFA challenge code"));
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 1);
    let answered = module.answer(&challenge, "totp", &module.next_code(&enrolled.secret)).await.unwrap();
    assert_eq!((answered.method.as_str(), answered.challenge.attempts), ("totp", 2));
    assert_eq!(answered.challenge.completed_at, Some(module.clock_now()));
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 0);
    let again = module.answer(&challenge, "totp", &module.next_code(&enrolled.secret)).await;
    assert_eq!(refusal(again), not_allowed("MFA challenge has already been completed"));
    let (session, _) =
        module.service.find_session(&module.database, challenge.session_id.unwrap()).await.unwrap().unwrap();
    assert!(session.awaits_mfa && session.mfa_completed_at.is_none());
}

/// security.md 17
async fn one_step_either_side_and_no_more(module: Module) {
    let enrolled = module.enrolled().await;
    module.clock.advance(STEP * 3);
    let now = module.clock_now();
    let answer = async |at| {
        let challenge = module.challenge(&enrolled.identity).await;
        module.answer(&challenge, "totp", &code(&enrolled.secret, at)).await.is_ok()
    };
    assert!(!answer(now - STEP * 2).await);
    assert!(!answer(now + STEP * 2).await);
    assert!(answer(now - STEP).await);
    assert!(answer(now + STEP).await);
    assert!(!answer(now).await, "a later step was used: an earlier one is no newer code");
}

/// security.md 17: by any challenge, at any endpoint.
async fn a_used_step_never_counts_again(module: Module) {
    let enrolled = module.enrolled().await;
    let used = code(&enrolled.secret, module.clock_now());
    let wrong = not_allowed("Invalid MFA challenge code");
    let challenge = module.challenge(&enrolled.identity).await;
    assert_eq!(refusal(module.answer(&challenge, "totp", &used).await), wrong, "it has enabled the factor");
    let used = module.next_code(&enrolled.secret);
    module.answer(&challenge, "totp", &used).await.unwrap();
    let challenge = module.challenge(&enrolled.identity).await;
    assert_eq!(refusal(module.answer(&challenge, "totp", &used).await), wrong);
    module.clock.advance(STEP);
    assert_eq!(refusal(module.answer(&challenge, "totp", &used).await), wrong, "while it is still one step early");
}

async fn five_tries_and_no_more(module: Module) {
    let enrolled = module.enrolled().await;
    let challenge = module.challenge(&enrolled.identity).await;
    for _ in 0..4 {
        assert_eq!(refusal(module.answer(&challenge, "totp", WRONG).await), not_allowed("Invalid MFA challenge code"));
    }
    let too_many = not_allowed("MFA challenge has too many failed attempts");
    assert_eq!(refusal(module.answer(&challenge, "totp", WRONG).await), too_many);
    assert_eq!(refusal(module.answer(&challenge, "totp", WRONG).await), too_many);
    let right = module.next_code(&enrolled.secret);
    assert_eq!(refusal(module.answer(&challenge, "totp", &right).await), too_many);
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 5, "what was not evaluated is not counted");
    let next = module.challenge(&enrolled.identity).await;
    module.answer(&next, "totp", &right).await.unwrap();
}

/// security.md 11 and 19: the count belongs to the account.
async fn a_new_challenge_is_no_new_chance(module: Module) {
    let enrolled = module.enrolled().await;
    for _ in 0..5 {
        let challenge = module.challenge(&enrolled.identity).await;
        for _ in 0..2 {
            assert!(matches!(module.answer(&challenge, "totp", WRONG).await, Err(VerifyChallengeError::WrongCode)));
        }
    }
    let challenge = module.challenge(&enrolled.identity).await;
    let right = module.next_code(&enrolled.secret);
    let (kind, refused_code, _) = refusal(module.answer(&challenge, "totp", &right).await);
    assert_eq!((kind, refused_code), (ErrorKind::TooManyRequests, Some("too_many_attempts")));
    module.clock.advance(Duration::from_secs(15 * 60));
    let challenge = module.challenge(&enrolled.identity).await;
    module.answer(&challenge, "totp", &module.next_code(&enrolled.secret)).await.unwrap();
}

/// security.md 3
async fn its_time_ends_at_the_very_moment(module: Module) {
    let enrolled = module.enrolled().await;
    let (one, other) = (module.challenge(&enrolled.identity).await, module.challenge(&enrolled.identity).await);
    module.clock.advance(Duration::from_secs(300) - MICROSECOND);
    module.answer(&one, "totp", &code(&enrolled.secret, module.clock_now())).await.unwrap();
    module.clock.advance(MICROSECOND);
    let late = module.answer(&other, "totp", &code(&enrolled.secret, module.clock_now())).await;
    let message = format!("MFA challenge with id \"{}\" was not found", other.id);
    assert_eq!(refusal(late), (ErrorKind::NotFound, None, message));
}

async fn only_the_challenged_identity_may_pass(module: Module) {
    let enrolled = module.enrolled().await;
    let stranger = module.enrol(module.owned("eve@example.com", "user_2").await).await;
    let challenge = module.challenge(&enrolled.identity).await;
    for secret in [&enrolled.secret, &stranger.secret] {
        let code = module.next_code(secret);
        let answer = module.service.verify_auth_mfa_challenge(challenge.id, stranger.identity.id, "totp", &code).await;
        assert!(matches!(answer, Err(VerifyChallengeError::NotFound(_))), "{answer:?}");
    }
    let answer = module.answer(&challenge, "totp", &module.next_code(&stranger.secret)).await;
    assert!(matches!(answer, Err(VerifyChallengeError::WrongCode)), "another user's code: {answer:?}");
}

async fn unknown_methods_cost_nothing(module: Module) {
    let enrolled = module.enrolled().await;
    let challenge = module.challenge(&enrolled.identity).await;
    for _ in 0..6 {
        let message = "MFA challenge does not support method \"sms\"".to_owned();
        let unsupported = (ErrorKind::InvalidData, None, message);
        assert_eq!(refusal(module.answer(&challenge, "sms", WRONG).await), unsupported);
    }
    module.answer(&challenge, "totp", &module.next_code(&enrolled.secret)).await.unwrap();
}

async fn a_disabled_factor_does_not_pass_a_challenge(module: Module) {
    let enrolled = module.enrolled().await;
    let challenge = module.challenge(&enrolled.identity).await;
    let right = module.next_code(&enrolled.secret);
    let proof = module.service.examine_mfa_code(enrolled.identity.id, None, &right).await.unwrap().unwrap();
    module
        .service
        .disable_auth_mfa(&DisableAuthMfa {
            auth_identity_id: Some(enrolled.identity.id),
            ..DisableAuthMfa::new(enrolled.factor.id)
        })
        .await
        .unwrap();
    let answer = module.answer(&challenge, "totp", &right).await;
    assert!(matches!(answer, Err(VerifyChallengeError::WrongCode)), "{answer:?}");
    let used: Result<bool, vestibule_database::Error> = async {
        vestibule_database::transaction!(module.database, |transaction| {
            module.service.use_mfa_proof_within(transaction, &proof).await
        })
    }
    .await;
    assert!(!used.unwrap(), "what was right before it was given up is not any more");
}
