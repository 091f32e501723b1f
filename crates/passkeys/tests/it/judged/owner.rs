//! An account whose passkey answers in every ceremony.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value as Json, json};
use vestibule_auth::mfa::{MfaAnswer, MfaProvider};
use vestibule_auth::{
    AuthInput, AuthModule, AuthOptions, AuthenticationResponse, PasswordConfig, Passwords, ProviderMethod, StartAuthMfa,
};
use vestibule_core::SigningKey;
use vestibule_database::Database;
use vestibule_passkeys::{PasskeyProvider, RelyingParty};
use vestibule_testing::authenticator::Authenticator;
use vestibule_testing::{TestDatabase, test_environment};

use super::case::Ceremony;
use crate::support::{Account, SITE, object};

/// A begun ceremony: the state with which it ends, and the options of the browser.
pub(super) struct Begun {
    state: Vec<u8>,
    pub(super) options: Json,
}

/// An authenticator with one passkey, and what the other judge needs of it.
struct Registered {
    device: Authenticator,
    registration: Json,
}

impl Registered {
    fn new(device: Authenticator, options: &Json, answer: &Json) -> Self {
        let user = BASE64.encode(&device.passkeys[0].user);
        Self { device, registration: json!({ "challenge": options["challenge"], "answer": answer, "user": user }) }
    }
}

/// The owner of two passkeys of one kind: one answers the challenges of an account, one signs in without a name, which needs a
/// database.
pub(super) struct Owner {
    account: Account,
    second_factor: Registered,
    module: AuthModule,
    sign_in: Registered,
    _place: TestDatabase,
}

impl Owner {
    pub(super) async fn with(device: Authenticator) -> Self {
        let (mut account, mut own) = (Account::new(), device.clone());
        let (state, options) = account.begin().await;
        let answer = own.create(&options);
        account.keep(&state, &answer).await;
        let second_factor = Registered::new(own, &options, &answer);
        let place = TestDatabase::sqlite();
        let database = place.open().await;
        let module = module(database.clone()).await;
        let sign_in = signed_up(&module, &database, device).await;
        Self { account, second_factor, module, sign_in, _place: place }
    }

    fn of(&self, ceremony: Ceremony) -> &Registered {
        if ceremony == Ceremony::SignIn { &self.sign_in } else { &self.second_factor }
    }

    /// The authenticator that answers.
    pub(super) fn device(&self, ceremony: Ceremony) -> &Authenticator {
        &self.of(ceremony).device
    }

    /// The registration of its passkey.
    pub(super) fn registration(&self, ceremony: Ceremony) -> &Json {
        &self.of(ceremony).registration
    }

    pub(super) async fn begin(&self, ceremony: Ceremony) -> Begun {
        let (state, options) = match ceremony {
            Ceremony::Registration => Account::new().begin().await,
            Ceremony::Challenge => self.account.challenge(),
            Ceremony::SignIn => {
                let begun = self.module.authenticate("passkey", &AuthInput::default()).await.unwrap();
                let begun = if let AuthenticationResponse::Challenge(begun) = begun { Some(begun) } else { None };
                let begun = begun.unwrap();
                (begun.state.into_bytes(), Json::Object(begun.options))
            }
        };
        Begun { state, options }
    }

    /// The honest answer.
    pub(super) fn answer(&mut self, ceremony: Ceremony, options: &Json) -> Json {
        match ceremony {
            Ceremony::Registration => self.second_factor.device.clone().create(options),
            Ceremony::Challenge => self.second_factor.device.get(options),
            Ceremony::SignIn => self.sign_in.device.get(options),
        }
    }

    /// Whether the answer is accepted.
    pub(super) async fn accepts(&self, ceremony: Ceremony, begun: &Begun, answer: &Json) -> bool {
        let fields = object(answer.clone());
        match ceremony {
            Ceremony::Registration => {
                let (provider, now) = (&self.account.provider, self.account.now());
                provider.finish_enrolment(&begun.state, (&fields).into(), now).await.is_some()
            }
            Ceremony::Challenge => self.account.finish(&begun.state, &fields).await.is_ok(),
            Ceremony::SignIn => {
                let state = String::from_utf8(begun.state.clone()).unwrap();
                let input = AuthInput::body([("state", Json::from(state)), ("answer", answer.clone())]);
                self.module.call_provider(ProviderMethod::ValidateCallback, "passkey", &input).await.is_ok()
            }
        }
    }
}

async fn module(database: Database) -> AuthModule {
    database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await.unwrap();
    let options = AuthOptions::new(SigningKey::new(b"a secret of at least 32 random bytes"));
    let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
    let passkeys = PasskeyProvider::new(RelyingParty::new(SITE, "People").unwrap());
    let module = AuthModule::new(database, test_environment().0, options, passwords);
    module.with_mfa_provider(passkeys.clone()).with_provider(passkeys)
}

/// A user with a passkey of this authenticator.
async fn signed_up(module: &AuthModule, database: &Database, mut device: Authenticator) -> Registered {
    let input = AuthInput::body([("email", "ada@example.com"), ("password", "Lantern-trombone-42")]);
    let identity = module.register("emailpass", &input).await.unwrap().identity().unwrap().id;
    let mut transaction = database.begin().await.unwrap();
    module.claim_identity_within(&mut transaction, identity, "user", "user_1").await.unwrap();
    transaction.commit().await.unwrap();
    let started = module.start_auth_mfa(&StartAuthMfa::new(identity, "passkey")).await.unwrap();
    let options = started.enrolment["options"].clone();
    let answer = device.create(&options);
    let fields = object(answer.clone());
    module.verify_auth_mfa(identity, started.mfa_factor.id, MfaAnswer::from(&fields)).await.unwrap();
    Registered::new(device, &options, &answer)
}
