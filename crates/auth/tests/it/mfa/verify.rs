//! Proving factors.

use vestibule_auth::MfaFactor;
use vestibule_auth::mfa::DisableAuthMfa;
use vestibule_auth::mfa::MfaStatus;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use super::{STEP, WRONG, code, enrolled_secret};
use crate::support::{ADA, Module, refusal};

on_both_engines!(
    a_right_code_enables_and_counts_once,
    one_step_either_side_and_no_more,
    a_factor_of_another_user_is_not_found,
    one_that_was_given_up_cannot_be_proved,
    guesses_are_counted,
);

fn wrong_code() -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::NotAllowed, None, "Invalid TOTP code".to_owned())
}

/// security.md 17: the code that enabled the factor is used as well.
async fn a_right_code_enables_and_counts_once(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let (id, secret) = (started.mfa_factor.id, enrolled_secret(&started));
    for rubbish in ["", "1", WRONG, "00000a", "0000000", "１２３４５６", "+12345"] {
        assert_eq!(refusal(module.service.verify_auth_mfa(identity.id, id, rubbish).await), wrong_code(), "{rubbish}");
    }
    assert_eq!(module.service.retrieve_auth_mfa(id).await.unwrap().status, MfaStatus::Pending);
    let right = code(&secret, module.clock_now());
    let enabled = module.service.verify_auth_mfa(identity.id, id, &right).await.unwrap();
    assert!(enabled.changed && enabled.factor.status == MfaStatus::Enabled);
    assert!(module.service.has_mfa(&module.database, identity.id).await.unwrap());
    assert_eq!(refusal(module.service.verify_auth_mfa(identity.id, id, &right).await), wrong_code());
    assert_eq!(enabled.factor.last_used_at, Some(module.clock_now()));
    let again = module.service.verify_auth_mfa(identity.id, id, &module.next_code(&secret)).await.unwrap();
    let used = MfaFactor { last_used_at: Some(module.clock_now()), ..enabled.factor };
    assert!(!again.changed && again.factor == used);
}

/// security.md 17, RFC 6238 5.2
async fn one_step_either_side_and_no_more(module: Module) {
    for (offset, early, works) in [(1, true, true), (1, false, true), (2, true, false), (2, false, false)] {
        let identity = module.owned(&format!("{offset}{early}@example.com"), &format!("user_{offset}{early}")).await;
        let started = module.start_mfa(identity.id).await;
        let now = module.clock_now();
        let at = if early { now - STEP * offset } else { now + STEP * offset };
        let code = code(&enrolled_secret(&started), at);
        let result = module.service.verify_auth_mfa(identity.id, started.mfa_factor.id, &code).await;
        assert_eq!(result.is_ok(), works, "{offset} {early}");
    }
    // After the code of the next step that of the present one counts as used.
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let (id, secret) = (started.mfa_factor.id, enrolled_secret(&started));
    let now = module.clock_now();
    module.service.verify_auth_mfa(identity.id, id, &code(&secret, now + STEP)).await.unwrap();
    for at in [now - STEP, now, now + STEP] {
        assert!(module.service.verify_auth_mfa(identity.id, id, &code(&secret, at)).await.is_err());
    }
}

async fn a_factor_of_another_user_is_not_found(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let other = module.other_identity("user_1").await;
    let started = module.start_mfa(identity.id).await;
    let id = started.mfa_factor.id;
    let code = code(&enrolled_secret(&started), module.clock_now());
    let not_found = (ErrorKind::NotFound, None, format!("MFA factor with id \"{id}\" was not found"));
    assert_eq!(refusal(module.service.verify_auth_mfa(stranger.id, id, &code).await), not_found);
    module.service.verify_auth_mfa(other.id, id, &code).await.unwrap();
}

async fn one_that_was_given_up_cannot_be_proved(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let id = started.mfa_factor.id;
    module
        .service
        .disable_auth_mfa(&DisableAuthMfa { auth_identity_id: Some(identity.id), ..DisableAuthMfa::new(id) })
        .await
        .unwrap();
    let code = code(&enrolled_secret(&started), module.clock_now());
    let disabled = (ErrorKind::NotAllowed, None, "Disabled MFA factors cannot be verified".to_owned());
    assert_eq!(refusal(module.service.verify_auth_mfa(identity.id, id, &code).await), disabled);
}

/// security.md 11: per account, over all endpoints; a right code is refunded and clears nothing.
async fn guesses_are_counted(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let (id, secret) = (started.mfa_factor.id, enrolled_secret(&started));
    for _ in 0..9 {
        assert_eq!(refusal(module.service.verify_auth_mfa(identity.id, id, WRONG).await), wrong_code());
    }
    module.service.verify_auth_mfa(identity.id, id, &code(&secret, module.clock_now())).await.unwrap();
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 9);
    assert_eq!(refusal(module.service.verify_auth_mfa(identity.id, id, WRONG).await), wrong_code());
    let right = module.next_code(&secret);
    let (kind, code, _) = refusal(module.service.verify_auth_mfa(identity.id, id, &right).await);
    assert_eq!((kind, code), (ErrorKind::TooManyRequests, Some("too_many_attempts")));
}
