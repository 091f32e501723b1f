//! A third-party kind of second factor.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use vestibule_auth::StartAuthMfa;
use vestibule_auth::mfa::{
    BegunChallenge, CreateMfaChallenge, MfaAnswer, MfaCeremony, MfaMethod, MfaProvider, MfaRefused, MfaRejection,
    MfaStart, MfaUse, VerifyChallengeError,
};
use vestibule_core::{ErrorKind, Timestamp};
use vestibule_testing::on_both_engines;

use crate::support::{Module, object, refusal};

on_both_engines!(another_kind_is_required_beside_the_first);

/// A list of words, to be given one after another.
struct Words;

/// The number of a word in the list.
fn number(words: &[u8], word: &str) -> Option<i64> {
    let words = std::str::from_utf8(words).ok()?.split(' ');
    let (index, _) = words.enumerate().find(|(_, listed)| *listed == word)?;
    i64::try_from(index + 1).ok()
}

#[async_trait]
impl MfaMethod for Words {
    fn identifier(&self) -> &str {
        "words"
    }

    async fn finish_challenge(
        &self,
        challenge: &BegunChallenge<'_>,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        let [words] = challenge.factors else { return Err(MfaRejection::Wrong) };
        let number = answer.code().and_then(|code| number(&words.data, code));
        let number = number.filter(|number| *number == words.last_use + 1).ok_or(MfaRejection::Wrong)?;
        Ok((0, MfaUse { number, data: None, details: None }))
    }
}

#[async_trait]
impl MfaProvider for Words {
    async fn begin_enrolment(&self, start: &MfaStart<'_>) -> Result<MfaCeremony, MfaRefused> {
        if start.label == "refused" {
            return Err(MfaRefused("There are no words for this label".to_owned()));
        }
        Ok(MfaCeremony { state: b"amber basil cedar".to_vec().into(), browser: object(json!({ "words": 3 })) })
    }

    async fn finish_enrolment(&self, state: &[u8], answer: MfaAnswer<'_>, _: Timestamp) -> Option<MfaUse> {
        let number = number(state, answer.code()?).filter(|number| *number == 1)?;
        Some(MfaUse { number, data: None, details: None })
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
    assert_eq!(started.mfa_factor.name, "words");
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
