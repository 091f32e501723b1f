//! Several factors of a kind, told apart by their names.

use std::sync::Arc;

use vestibule_auth::mfa::{DisableAuthMfa, MfaStatus, VerifyChallengeError};
use vestibule_auth::{AttemptLimit, StartAuthMfa};
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use super::{Enrolled, STEP, answer, code};
use crate::support::{ADA, Module, refusal};

on_both_engines!(
    either_authenticator_answers_and_one_stays_when_the_other_is_removed,
    a_step_counts_once_for_each_factor,
    names_are_unique_among_the_factors_of_the_actor,
    invalid_names_are_refused,
    factors_without_a_name_are_named_for_their_label_or_their_provider,
    ten_factors_are_enough,
);

on_both_engines!(4 threads:
    of_sixty_four_uses_of_two_codes_each_works_once,
    of_sixty_four_starts_of_one_name_one_works,
);

async fn two(module: &Module) -> (Enrolled, Enrolled) {
    let phone = module.enrol_named(module.owned(ADA, "user_1").await, "Phone").await;
    let tablet = module.enrol_named(module.other_identity("user_1").await, "Tablet").await;
    (phone, tablet)
}

fn named(enrolled: &Enrolled, name: &str) -> StartAuthMfa {
    let mut start = StartAuthMfa::new(enrolled.identity.id, "totp");
    start.name = Some(name.to_owned());
    start
}

/// security.md 18: by any identity of the actor.
async fn either_authenticator_answers_and_one_stays_when_the_other_is_removed(module: Module) {
    let (phone, tablet) = two(&module).await;
    module.recovery_codes(phone.identity.id, 2).await;
    for secret in [&phone.secret, &tablet.secret] {
        let challenge = module.challenge(&phone.identity).await;
        assert_eq!(challenge.methods, ["totp", "recovery_code"]);
        assert!(challenge.ceremonies.is_empty());
        module.answer(&challenge, "totp", &module.next_code(secret)).await.unwrap();
    }
    let list = module.service.list_auth_mfas_of_identity(tablet.identity.id).await.unwrap();
    let now = module.clock_now();
    let shown: Vec<_> = list.iter().map(|factor| (factor.name.as_str(), factor.last_used_at)).collect();
    assert_eq!(shown, [("Phone", Some(now - STEP)), ("Tablet", Some(now))]);

    let disabled = module.service.disable_auth_mfa(&DisableAuthMfa::new(phone.factor.id)).await.unwrap();
    assert_eq!((disabled.factor.name.as_str(), disabled.factor.status), ("Phone", MfaStatus::Disabled));
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 2, "they stand in for the other one");
    let challenge = module.challenge(&phone.identity).await;
    let lost = module.answer(&challenge, "totp", &module.next_code(&phone.secret)).await;
    assert!(matches!(lost, Err(VerifyChallengeError::WrongCode)));
    module.answer(&challenge, "totp", &module.next_code(&tablet.secret)).await.unwrap();

    module.service.disable_auth_mfa(&DisableAuthMfa::new(tablet.factor.id)).await.unwrap();
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 0);
    assert!(!module.service.has_mfa(&module.database, phone.identity.id).await.unwrap());
}

/// security.md 17
async fn a_step_counts_once_for_each_factor(module: Module) {
    let (phone, tablet) = two(&module).await;
    module.clock.advance(STEP);
    let now = module.clock_now();
    let answer = async |secret: &str| {
        let challenge = module.challenge(&phone.identity).await;
        module.answer(&challenge, "totp", &code(secret, now)).await.is_ok()
    };
    assert!(answer(&phone.secret).await);
    assert!(!answer(&phone.secret).await);
    assert!(answer(&tablet.secret).await, "the other's step is its own");
    assert!(!answer(&tablet.secret).await && !answer(&phone.secret).await);
}

async fn names_are_unique_among_the_factors_of_the_actor(module: Module) {
    let (phone, tablet) = two(&module).await;
    let taken = "There is a second factor \"Phone\" already. Choose another name.".to_owned();
    let taken = (ErrorKind::Duplicate, Some("factor_name_taken"), taken);
    for name in ["Phone", " Phone "] {
        assert_eq!(refusal(module.service.start_auth_mfa(&named(&tablet, name)).await), taken);
    }
    // Without a name, as in the reference.
    let active = "An active TOTP factor already exists for this auth identity".to_owned();
    let mut unnamed = StartAuthMfa::new(tablet.identity.id, "totp");
    unnamed.label = Some("Watch".to_owned());
    assert_eq!(refusal(module.service.start_auth_mfa(&unnamed).await), (ErrorKind::NotAllowed, None, active));
    module.service.disable_auth_mfa(&DisableAuthMfa::new(phone.factor.id)).await.unwrap();
    module.service.start_auth_mfa(&named(&tablet, "Phone")).await.unwrap();
    let stranger = module.enrol_named(module.owned("eve@example.com", "user_2").await, "Phone").await;
    assert_eq!(stranger.factor.name, "Phone");
}

async fn invalid_names_are_refused(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let mut start = StartAuthMfa::new(identity.id, "totp");
    for (name, message) in [
        ("", "The name of a second factor is empty"),
        (" \u{a0}", "The name of a second factor is empty"),
        (&"x".repeat(300), "The name of a second factor has at most 255 characters"),
        ("my\nphone", "The name of a second factor may not have line breaks or other control characters"),
        ("my\u{0}phone", "The name of a second factor may not have line breaks or other control characters"),
        ("my\u{2028}phone", "The name of a second factor may not have line breaks or other control characters"),
    ] {
        start.name = Some(name.to_owned());
        let refused = refusal(module.service.start_auth_mfa(&start).await);
        assert_eq!(refused, (ErrorKind::InvalidData, Some("factor_name_invalid"), message.to_owned()), "{name:?}");
    }
    start.name = Some(format!(" {} ", "ü".repeat(255)));
    let started = module.service.start_auth_mfa(&start).await.unwrap();
    assert_eq!(started.mfa_factor.name, "ü".repeat(255));
}

async fn factors_without_a_name_are_named_for_their_label_or_their_provider(module: Module) {
    for (number, (label, name)) in [
        (None, "Authenticator app"),
        (Some("phone"), "phone"),
        (Some(" "), "Authenticator app"),
        (Some("a\nb"), "Authenticator app"),
    ]
    .into_iter()
    .enumerate()
    {
        let identity = module.owned(&format!("{number}@example.com"), &format!("user_{number}")).await;
        let mut start = StartAuthMfa::new(identity.id, "totp");
        start.label = label.map(str::to_owned);
        assert_eq!(module.service.start_auth_mfa(&start).await.unwrap().mfa_factor.name, name, "{label:?}");
    }
}

async fn ten_factors_are_enough(module: Module) {
    let first = module.enrol_named(module.owned(ADA, "user_1").await, "Number 0").await;
    for number in 1..10 {
        module.service.start_auth_mfa(&named(&first, &format!("Number {number}"))).await.unwrap();
    }
    let refused = refusal(module.service.start_auth_mfa(&named(&first, "Number 10")).await);
    let message = "There are 10 second factors already. Remove one first.".to_owned();
    assert_eq!(refused, (ErrorKind::NotAllowed, Some("too_many_factors"), message));
    module.service.disable_auth_mfa(&DisableAuthMfa::new(first.factor.id)).await.unwrap();
    module.service.start_auth_mfa(&named(&first, "Number 10")).await.unwrap();
}

/// security.md 17: on two processes.
async fn of_sixty_four_uses_of_two_codes_each_works_once(module: Module) {
    let (phone, tablet) = two(&module).await;
    let mut challenges = Vec::new();
    for _ in 0..64 {
        challenges.push(module.challenge(&phone.identity).await);
    }
    let codes = [module.next_code(&phone.secret), code(&tablet.secret, module.clock_now())];
    let shared = Arc::new((challenges, codes));
    let free = module.with_options(|options| options.attempts = AttemptLimit { most: 0, ..AttemptLimit::default() });
    let results = module
        .sixty_four(|service, caller| {
            let (shared, service) = (Arc::clone(&shared), if caller % 2 == 1 { service } else { free.clone() });
            async move { (caller / 2 % 2, answer(&service, &shared.0[caller], "totp", &shared.1[caller / 2 % 2]).await) }
        })
        .await;
    for factor in [0, 1] {
        let worked = results.iter().filter(|(of, result)| *of == factor && result.is_ok()).count();
        assert_eq!(worked, 1, "{results:?}");
    }
}

async fn of_sixty_four_starts_of_one_name_one_works(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let ids = [identity.id, module.other_identity("user_1").await.id];
    let results = module
        .sixty_four(|service, caller| async move {
            let mut start = StartAuthMfa::new(ids[caller / 2 % 2], "totp");
            start.name = Some("Phone".to_owned());
            service.start_auth_mfa(&start).await
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(module.count("auth_mfa_factors").await, 1);
}
