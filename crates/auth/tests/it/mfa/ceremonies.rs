//! A kind of second factor that answers a question of the challenge, as passkeys do: with state between the beginning and
//! the end of each ceremony, and several factors of a user, any of which answers.

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};
use vestibule_auth::mfa::{
    BegunChallenge, CreateMfaChallenge, MfaAnswer, MfaCeremony, MfaChallenge, MfaMethod, MfaProvider, MfaRefused,
    MfaRejection, MfaStart, MfaStatus, MfaUse, StoredFactor, VerifyChallengeError,
};
use vestibule_auth::{AuthIdentityId, AuthModule, MfaFactor, StartAuthMfa};
use vestibule_core::{Environment, ErrorKind, SealingKey, SigningKey, Timestamp};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, object, options, refusal};

on_both_engines!(
    a_key_is_enrolled_by_an_answer_and_not_by_a_code,
    one_challenge_is_answered_by_any_of_several_keys,
    an_answer_belongs_to_its_challenge,
    a_key_stands_beside_an_authenticator,
    the_state_of_a_challenge_is_sealed,
);

/// "Keys" that repeat the question with their own name. Their data is the name and a counter, which each use increases.
struct Keys;

fn question(environment: &Environment, factors: &[StoredFactor]) -> MfaCeremony {
    let question: [u8; 8] = environment.random_bytes();
    let question = u64::from_be_bytes(question).to_string();
    let known: Vec<String> = factors.iter().map(|factor| parts(&factor.data).0).collect();
    let browser = object(json!({ "question": question, "keys": known }));
    MfaCeremony { state: question.into_bytes().into(), browser }
}

/// A key's name and counter.
fn parts(data: &[u8]) -> (String, i64) {
    let (name, counter) = std::str::from_utf8(data).unwrap().split_once(' ').unwrap();
    (name.to_owned(), counter.parse().unwrap())
}

fn stored(key: &str, counter: i64) -> MfaUse {
    MfaUse { number: counter, data: Some(format!("{key} {counter}").into_bytes().into()), details: None }
}

/// The key that gives this answer to this question.
fn answering<'a>(state: &[u8], answer: MfaAnswer<'a>) -> Option<&'a str> {
    let MfaAnswer::Json(answer) = answer else { return None };
    let text = |field: &str| answer.get(field).and_then(Json::as_str);
    text("key").filter(|_| text("question").is_some_and(|question| question.as_bytes() == state))
}

#[async_trait]
impl MfaMethod for Keys {
    fn identifier(&self) -> &str {
        "key"
    }

    fn begin_challenge(&self, factors: &[StoredFactor], environment: &Environment) -> Option<MfaCeremony> {
        Some(question(environment, factors))
    }

    async fn finish_challenge(
        &self,
        challenge: &BegunChallenge<'_>,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        let wrong = MfaRejection::Wrong;
        let key = answering(challenge.state.ok_or(wrong)?, answer).ok_or(wrong)?;
        let index = challenge.factors.iter().position(|factor| parts(&factor.data).0 == key).ok_or(wrong)?;
        Ok((index, stored(key, parts(&challenge.factors[index].data).1 + 1)))
    }
}

#[async_trait]
impl MfaProvider for Keys {
    async fn begin_enrolment(&self, start: &MfaStart<'_>) -> Result<MfaCeremony, MfaRefused> {
        Ok(question(start.environment, start.factors))
    }

    async fn finish_enrolment(&self, state: &[u8], answer: MfaAnswer<'_>, _: Timestamp) -> Option<MfaUse> {
        answering(state, answer).map(|key| stored(key, 1))
    }
}

fn answer_of(key: &str, browser: &Map<String, Json>) -> Map<String, Json> {
    object(json!({ "key": key, "question": browser["question"] }))
}

async fn enrol(service: &AuthModule, identity: AuthIdentityId, key: &str) -> MfaFactor {
    let mut start = StartAuthMfa::new(identity, "key");
    start.name = Some(format!("The {key} key"));
    let started = service.start_auth_mfa(&start).await.unwrap();
    let answer = answer_of(key, &started.enrolment);
    service.verify_auth_mfa(identity, started.mfa_factor.id, &answer).await.unwrap().factor
}

async fn challenge(service: &AuthModule, identity: AuthIdentityId) -> MfaChallenge {
    service.create_auth_mfa_challenge(&CreateMfaChallenge::new(identity)).await.unwrap()
}

/// What the browser gets with a challenge.
fn asked(challenge: &MfaChallenge) -> &Map<String, Json> {
    challenge.ceremonies["key"].as_object().unwrap()
}

async fn a_key_is_enrolled_by_an_answer_and_not_by_a_code(module: Module) {
    let service = module.service.clone().with_mfa_provider(Keys);
    let identity = module.owned(ADA, "user_1").await.id;
    let started = service.start_auth_mfa(&StartAuthMfa::new(identity, "key")).await.unwrap();
    let id = started.mfa_factor.id;
    let question = started.enrolment["question"].as_str().unwrap();
    let refused = (ErrorKind::NotAllowed, None, "Invalid KEY code".to_owned());
    assert_eq!(refusal(service.verify_auth_mfa(identity, id, question).await), refused);
    let message = "This answer is not accepted: it is late, was used already, or belongs elsewhere. Start again.";
    let not_accepted = (ErrorKind::NotAllowed, Some("wrong_answer"), message.to_owned());
    let other = object(json!({ "key": "blue", "question": "1" }));
    assert_eq!(refusal(service.verify_auth_mfa(identity, id, &other).await), not_accepted);
    let enabled = service.verify_auth_mfa(identity, id, &answer_of("blue", &started.enrolment)).await.unwrap();
    assert!(enabled.changed && enabled.factor.status == MfaStatus::Enabled);
    // The enrolment's question is no challenge: once it is answered, it proves nothing.
    let again = service.verify_auth_mfa(identity, id, &answer_of("blue", &started.enrolment)).await;
    assert_eq!(refusal(again), not_accepted);
}

async fn one_challenge_is_answered_by_any_of_several_keys(module: Module) {
    let service = module.service.clone().with_mfa_provider(Keys);
    let identity = module.owned(ADA, "user_1").await.id;
    enrol(&service, identity, "blue").await;
    enrol(&service, identity, "red").await;
    for key in ["blue", "red", "red", "blue"] {
        let challenge = challenge(&service, identity).await;
        assert_eq!(asked(&challenge)["keys"], json!(["blue", "red"]));
        assert_eq!(service.retrieve_auth_mfa_challenge(challenge.id).await.unwrap(), challenge);
        let shown = serde_json::to_value(&challenge).unwrap();
        assert_eq!(shown["ceremonies"]["key"]["question"], asked(&challenge)["question"]);
        let answer = answer_of(key, asked(&challenge));
        let verified = service.verify_auth_mfa_challenge(challenge.id, identity, "key", &answer).await.unwrap();
        assert_eq!(verified.method, "key");
        let again = service.verify_auth_mfa_challenge(challenge.id, identity, "key", &answer).await;
        assert!(matches!(again, Err(VerifyChallengeError::Completed)));
    }
    assert_eq!(module.count("auth_mfa_factors WHERE last_step = 3").await, 2, "each has stored its counter");
}

/// security.md 2
async fn an_answer_belongs_to_its_challenge(module: Module) {
    let service = module.service.clone().with_mfa_provider(Keys);
    let identity = module.owned(ADA, "user_1").await.id;
    enrol(&service, identity, "blue").await;
    let (one, other) = (challenge(&service, identity).await, challenge(&service, identity).await);
    let answer = answer_of("blue", asked(&one));
    let refused = service.verify_auth_mfa_challenge(other.id, identity, "key", &answer).await;
    assert!(matches!(refused, Err(VerifyChallengeError::WrongAnswer)), "{refused:?}");
    let stranger = answer_of("green", asked(&one));
    let refused = service.verify_auth_mfa_challenge(one.id, identity, "key", &stranger).await;
    assert!(matches!(refused, Err(VerifyChallengeError::WrongAnswer)), "{refused:?}");
    service.verify_auth_mfa_challenge(one.id, identity, "key", &answer).await.unwrap();
}

async fn a_key_stands_beside_an_authenticator(module: Module) {
    let enrolled = module.enrolled().await;
    let service = module.service.clone().with_mfa_provider(Keys);
    let identity = enrolled.identity.id;
    let key = enrol(&service, identity, "blue").await;
    let challenge = challenge(&service, identity).await;
    assert_eq!(challenge.methods, ["key", "totp"]);
    let code = module.next_code(&enrolled.secret);
    let refused = service.verify_auth_mfa_challenge(challenge.id, identity, "key", &code).await;
    assert!(matches!(refused, Err(VerifyChallengeError::WrongCode)));
    // A process without this kind knows that it is required, and answers by the others.
    let without = module.service.create_auth_mfa_challenge(&CreateMfaChallenge::new(identity)).await.unwrap();
    assert_eq!((without.methods.len(), without.ceremonies.len()), (2, 0));
    module.service.verify_auth_mfa_challenge(without.id, identity, "totp", &code).await.unwrap();
    assert!(module.service.verify_auth_mfa(identity, key.id, "0").await.is_err());
}

/// security.md 20: what the database and the browser hold does not decide what is a right answer.
async fn the_state_of_a_challenge_is_sealed(module: Module) {
    let service = module.service.clone().with_mfa_provider(Keys);
    let identity = module.owned(ADA, "user_1").await.id;
    enrol(&service, identity, "blue").await;
    let challenge = challenge(&service, identity).await;
    let question = asked(&challenge)["question"].as_str().unwrap().to_owned();
    let text = "SELECT state FROM auth_mfa_challenges";
    let state: Vec<u8> = module.database.query_scalar(text, &[]).await.unwrap();
    assert!(!state.windows(question.len()).any(|part| part == question.as_bytes()));
    let mut other = options();
    other.sealing_key = SealingKey::derived(&SigningKey::new(b"another secret"));
    let other = module.with_options(|options| *options = other.clone()).with_mfa_provider(Keys);
    let answer = answer_of("blue", asked(&challenge));
    let refused = other.verify_auth_mfa_challenge(challenge.id, identity, "key", &answer).await;
    assert!(matches!(refused, Err(VerifyChallengeError::WrongAnswer)));
    service.verify_auth_mfa_challenge(challenge.id, identity, "key", &answer).await.unwrap();
}
