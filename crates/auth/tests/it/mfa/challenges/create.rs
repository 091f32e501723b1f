//! Creating challenges.

use std::time::Duration;

use serde_json::json;
use vestibule_auth::mfa::{CreateChallengeError, CreateMfaChallenge, VerifyChallengeError};
use vestibule_core::{ErrorKind, Metadata};
use vestibule_database::Error;
use vestibule_testing::on_both_engines;

use crate::mfa::WRONG;
use crate::support::{MICROSECOND, Module, object, refusal};

on_both_engines!(
    a_challenge_is_as_the_references_is,
    a_newer_one_of_the_same_session_kills_the_older,
    it_is_found_while_its_time_is_not_over,
    an_ended_session_gets_no_challenge,
    a_challenge_of_an_identity_has_its_own_lifetime_attempts_and_metadata,
    a_challenge_that_cannot_be_is_refused,
);

async fn a_challenge_is_as_the_references_is(module: Module) {
    let enrolled = module.enrolled().await;
    let identity = module.other_identity("user_1").await;
    let challenge = module.challenge(&identity).await;
    let mut expected = json!({
        "id": challenge.id, "auth_identity_id": identity.id, "auth_provider": "emailpass", "methods": ["totp"],
        "expires_at": "2026-11-22T09:35:00.000Z", "attempts": 0, "max_attempts": 5, "completed_at": null,
        "metadata": null,
    });
    assert_eq!(serde_json::to_value(&challenge).unwrap(), expected, "another identity's factor is asked for");
    module.recovery_codes(enrolled.identity.id, 1).await;
    let challenge = module.challenge(&identity).await;
    expected["id"] = json!(challenge.id);
    expected["methods"] = json!(["totp", "recovery_code"]);
    assert_eq!(serde_json::to_value(&challenge).unwrap(), expected);
    assert_eq!(module.service.retrieve_auth_mfa_challenge(challenge.id).await.unwrap(), challenge);
}

/// security.md 3
async fn a_newer_one_of_the_same_session_kills_the_older(module: Module) {
    let enrolled = module.enrolled().await;
    let session = module.half_session(&enrolled.identity).await;
    let elsewhere = module.challenge(&enrolled.identity).await;
    let older = module.service.create_auth_mfa_challenge(&CreateMfaChallenge::of_session(&session)).await.unwrap();
    let newer = module.service.create_auth_mfa_challenge(&CreateMfaChallenge::of_session(&session)).await.unwrap();
    let answer = module.answer(&older, "totp", &module.next_code(&enrolled.secret)).await;
    assert!(matches!(answer, Err(VerifyChallengeError::NotFound(_))), "{answer:?}");
    module.answer(&newer, "totp", &module.next_code(&enrolled.secret)).await.unwrap();
    module.answer(&elsewhere, "totp", &module.next_code(&enrolled.secret)).await.unwrap();
}

async fn it_is_found_while_its_time_is_not_over(module: Module) {
    let enrolled = module.enrolled().await;
    let challenge = module.challenge(&enrolled.identity).await;
    module.clock.advance(Duration::from_secs(300) - MICROSECOND);
    module.service.retrieve_auth_mfa_challenge(challenge.id).await.unwrap();
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.advance(MICROSECOND);
    let not_found = (ErrorKind::NotFound, None, format!("MFA challenge with id \"{}\" was not found", challenge.id));
    assert_eq!(refusal(module.service.retrieve_auth_mfa_challenge(challenge.id).await), not_found);
    assert_eq!(module.count("auth_mfa_challenges").await, 1, "no cleanup was needed for that");
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.count("auth_mfa_challenges").await, 0);
}

async fn an_ended_session_gets_no_challenge(module: Module) {
    let enrolled = module.enrolled().await;
    let session = module.half_session(&enrolled.identity).await;
    let challenge = module.service.create_auth_mfa_challenge(&CreateMfaChallenge::of_session(&session)).await.unwrap();
    module.service.end_session(session.id).await.unwrap();
    assert!(module.service.retrieve_auth_mfa_challenge(challenge.id).await.is_err(), "it goes with its session");
    let refused = module.service.create_auth_mfa_challenge(&CreateMfaChallenge::of_session(&session)).await;
    assert!(matches!(refused, Err(CreateChallengeError::Database(Error::ForeignKey(_)))), "{refused:?}");
}

async fn a_challenge_of_an_identity_has_its_own_lifetime_attempts_and_metadata(module: Module) {
    let enrolled = module.enrolled().await;
    let mut create = CreateMfaChallenge::new(enrolled.identity.id);
    create.metadata = Metadata::new(object(json!({ "for": "a transfer" }))).ok();
    create.lifetime = Some(Duration::from_secs(60));
    create.max_attempts = Some(2);
    let challenge = module.service.create_auth_mfa_challenge(&create).await.unwrap();
    let expected = json!({
        "id": challenge.id, "auth_identity_id": enrolled.identity.id, "auth_provider": null, "methods": ["totp"],
        "expires_at": "2026-11-22T09:31:00.000Z", "attempts": 0, "max_attempts": 2, "completed_at": null,
        "metadata": { "for": "a transfer" },
    });
    assert_eq!(serde_json::to_value(&challenge).unwrap(), expected);
    assert_eq!(module.service.retrieve_auth_mfa_challenge(challenge.id).await.unwrap(), challenge);
    assert!(matches!(module.answer(&challenge, "totp", WRONG).await, Err(VerifyChallengeError::WrongCode)));
    assert!(matches!(module.answer(&challenge, "totp", WRONG).await, Err(VerifyChallengeError::TooManyAttempts)));

    let service = module.with_options(|options| {
        options.mfa_challenge_lifetime = Duration::from_secs(30);
        options.mfa_challenge_attempts = 1;
    });
    let challenge = service.create_auth_mfa_challenge(&CreateMfaChallenge::new(enrolled.identity.id)).await.unwrap();
    assert_eq!((challenge.expires_at, challenge.max_attempts), (module.clock_now() + Duration::from_secs(30), 1));
}

async fn a_challenge_that_cannot_be_is_refused(module: Module) {
    let identity = module.owned("eve@example.com", "user_2").await;
    let create = CreateMfaChallenge::new(identity.id);
    let message = "Auth identity does not have any enabled MFA methods".to_owned();
    let refused = refusal(module.service.create_auth_mfa_challenge(&create).await);
    assert_eq!(refused, (ErrorKind::NotAllowed, None, message));
    module.enrol(identity.clone()).await;
    for (lifetime, attempts) in [(Some(0), None), (Some(86_401), None), (None, Some(0)), (None, Some(101))] {
        let mut create = create.clone();
        create.lifetime = lifetime.map(Duration::from_secs);
        create.max_attempts = attempts;
        let (kind, ..) = refusal(module.service.create_auth_mfa_challenge(&create).await);
        assert_eq!(kind, ErrorKind::InvalidData, "{lifetime:?} {attempts:?}");
    }
    module.service.delete_auth_identities(identity.id).await.unwrap();
    let message = format!("AuthIdentity with id: {} was not found", identity.id);
    let refused = refusal(module.service.create_auth_mfa_challenge(&create).await);
    assert_eq!(refused, (ErrorKind::NotFound, None, message));
}
