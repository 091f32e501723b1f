//! A provider, and an account's passkeys without a database.

use serde_json::{Map, Value as Json};
use vestibule_auth::mfa::{BegunChallenge, MfaMethod, MfaProvider, MfaRejection, MfaStart, MfaUse, StoredFactor};
use vestibule_core::{Environment, Timestamp};
use vestibule_passkeys::{PasskeyProvider, RelyingParty};
use vestibule_testing::authenticator::Authenticator;
use vestibule_testing::test_environment;

pub(crate) const SITE: &str = "https://people.example.com";

/// The fields of an answer's JSON.
pub(crate) const PLACES: [&str; 11] = [
    "/id",
    "/rawId",
    "/type",
    "/response",
    "/clientExtensionResults",
    "/authenticatorAttachment",
    "/response/clientDataJSON",
    "/response/attestationObject",
    "/response/authenticatorData",
    "/response/signature",
    "/response/userHandle",
];

/// A site, and an account with passkeys there.
pub(crate) struct Account {
    pub(crate) provider: PasskeyProvider,
    pub(crate) environment: Environment,
    pub(crate) factors: Vec<StoredFactor>,
}

pub(crate) fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(fields) => fields,
        other => [("not an object".to_owned(), other)].into_iter().collect(),
    }
}

impl Account {
    pub(crate) fn new() -> Self {
        let provider = PasskeyProvider::new(RelyingParty::new(SITE, "People").unwrap());
        Self { provider, environment: test_environment().0, factors: Vec::new() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.environment.now()
    }

    /// Begins an enrolment. Returns the state and the options.
    pub(crate) async fn begin(&self) -> (Vec<u8>, Json) {
        let start = MfaStart {
            auth_identity_id: self.environment.id(),
            label: "ada@example.com",
            account: "ada@example.com",
            issuer: "People",
            factors: &self.factors,
            environment: &self.environment,
        };
        let begun = self.provider.begin_enrolment(&start).await.unwrap();
        (begun.state.to_vec(), begun.browser["options"].clone())
    }

    /// Adds a passkey of this authenticator.
    pub(crate) async fn add(&mut self, device: &mut Authenticator) {
        let (state, options) = self.begin().await;
        self.keep(&state, &device.create(&options)).await;
    }

    /// Keeps a passkey that was registered by this answer.
    pub(crate) async fn keep(&mut self, state: &[u8], answer: &Json) {
        let answer = object(answer.clone());
        let used = self.provider.finish_enrolment(state, (&answer).into(), self.now()).await.unwrap();
        self.factors.push(StoredFactor { data: used.data.unwrap(), last_use: used.number });
    }

    /// Begins a challenge. Returns the state and the options.
    pub(crate) fn challenge(&self) -> (Vec<u8>, Json) {
        let begun = self.provider.begin_challenge(&self.factors, &self.environment).unwrap();
        (begun.state.to_vec(), Json::Object(begun.browser))
    }

    pub(crate) async fn finish(
        &self,
        state: &[u8],
        answer: &Map<String, Json>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        let challenge = BegunChallenge { factors: &self.factors, state: Some(state), now: self.now() };
        self.provider.finish_challenge(&challenge, answer.into()).await
    }
}
