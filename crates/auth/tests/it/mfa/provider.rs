//! A third-party kind of second factor.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use vestibule_auth::StartAuthMfa;
use vestibule_auth::mfa::{CreateMfaChallenge, MfaProvider, MfaRefused, MfaSecret, MfaStart, VerifyChallengeError};
use vestibule_core::{ErrorKind, Timestamp};
use vestibule_testing::on_both_engines;

use crate::support::{Module, object, refusal};

on_both_engines!(another_kind_is_required_beside_the_first);

/// A list of words, to be given one after another.
struct Words;

#[async_trait]
impl MfaProvider for Words {
    fn identifier(&self) -> &str {
        "words"
    }

    async fn start(&self, start: &MfaStart<'_>) -> Result<MfaSecret, MfaRefused> {
        if start.label == "refused" {
            return Err(MfaRefused("There are no words for this label".to_owned()));
        }
        Ok(MfaSecret { secret: b"amber basil cedar".to_vec().into(), enrolment: object(json!({ "words": 3 })) })
    }

    async fn verify(&self, secret: &[u8], code: &str, _: Timestamp, last_step: i64) -> Option<i64> {
        let words = std::str::from_utf8(secret).ok()?.split(' ');
        let (number, _) = words.enumerate().find(|(_, word)| *word == code)?;
        i64::try_from(number + 1).ok().filter(|number| *number == last_step + 1)
    }
}

async fn another_kind_is_required_beside_the_first(module: Module) {
    let enrolled = module.enrolled().await;
    let service = module.with_options(|_| {}).with_mfa_provider(Words);
    let identity = enrolled.identity.id;
    let mut start = StartAuthMfa::new(identity, "words");
    start.label = Some("refused".to_owned());
    let refused = (ErrorKind::NotAllowed, None, "There are no words for this label".to_owned());
    assert_eq!(refusal(service.start_auth_mfa(&start).await), refused);
    start.label = None;
    let started = service.start_auth_mfa(&start).await.unwrap();
    assert_eq!(started.enrolment, object(json!({ "words": 3 })));
    let refused = (ErrorKind::NotAllowed, None, "Invalid WORDS code".to_owned());
    assert_eq!(refusal(service.verify_auth_mfa(identity, started.mfa_factor.id, "basil").await), refused);
    service.verify_auth_mfa(identity, started.mfa_factor.id, "amber").await.unwrap();

    let session = module.half_session(&enrolled.identity).await;
    let challenge = service.create_auth_mfa_challenge(&CreateMfaChallenge::of_session(&session)).await.unwrap();
    assert_eq!(challenge.methods, ["totp", "words"]);
    let answer = async |method, code| service.verify_auth_mfa_challenge(challenge.id, identity, method, code).await;
    assert!(matches!(answer("words", "amber").await, Err(VerifyChallengeError::WrongCode)));
    assert!(matches!(answer("totp", "basil").await, Err(VerifyChallengeError::WrongCode)));
    answer("words", "basil").await.unwrap();

    // Without a method, either will do.
    module.clock.advance(Duration::from_secs(30));
    let totp = super::code(&enrolled.secret, module.clock_now());
    for (code, method) in [("cedar", Some("words")), (totp.as_str(), Some("totp")), ("basil", None)] {
        let proof = service.examine_mfa_code(identity, None, code).await.unwrap();
        assert_eq!(proof.as_ref().map(|proof| proof.method()), method);
    }
    let mut names = service.mfa_providers().map(|provider| provider.identifier());
    assert_eq!((names.next(), names.next(), names.next()), (Some("totp"), Some("words"), None));
}
