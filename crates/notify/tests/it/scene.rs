//! The flows on an empty database, and relays that deliver their events.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;
use tempfile::TempDir;
use vestibule_auth::{AuthInput, AuthModule, AuthOptions, PasswordConfig, Passwords, RequestPasswordReset};
use vestibule_core::{EmailAddress, Environment, SigningKey};
use vestibule_database::{Database, Migrations, Value, transaction, values};
use vestibule_flows::{
    Client, Context, CreateUserAccount, Credential, Flows, NewInvite, SessionCaller, SignIn, SignInMethod, UserAccount,
};
use vestibule_mail::{Encryption, Mailer, SmtpConfig, Templates};
use vestibule_notify::{Deliveries, Delivery, DeliveryQuery, MailDestination, MailOptions, Relay, RelayOptions};
use vestibule_outbox::record;
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase, test_environment};
use vestibule_user::{CreateUser, Invite, User, UserModule, UserOptions};

use crate::letter::{self, Letter};
use crate::support::HOUR;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const PASSWORD: &str = "Lantern-trombone-42";
pub(crate) const OTHER_PASSWORD: &str = "Other-harbour-77x";
/// The configured public URL.
pub(crate) const PUBLIC_URL: &str = "https://people.example.org";

pub(crate) struct Scene {
    pub(crate) flows: Flows,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    passwords: Passwords,
    place: Arc<TestDatabase>,
    folder: TempDir,
}

impl SetUp for Scene {
    const TABLES: &[Migrations] = &vestibule_notify::ALL_MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        let (environment, clock) = test_environment();
        vestibule_notify::set_up(&database, &environment).await.unwrap();
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let key = SigningKey::new(b"a secret of thirty-two bytes, or");
        let flows = flows(&database, environment, &passwords, key);
        Self { flows, database, clock, passwords, place, folder: TempDir::new().unwrap() }
    }
}

fn flows(database: &Database, environment: Environment, passwords: &Passwords, key: SigningKey) -> Flows {
    let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
    let auth = AuthModule::new(database.clone(), environment.clone(), AuthOptions::new(key), passwords.clone());
    Flows::new(database.clone(), environment, users, auth)
}

pub(crate) fn mail_options() -> MailOptions {
    let (public_url, app) = (PUBLIC_URL.to_owned(), "Vestibule".to_owned());
    MailOptions { public_url, dashboard_path: "/app".to_owned(), app, language: "en".to_owned(), per_address: 0 }
}

impl Scene {
    pub(crate) fn environment(&self) -> &Environment {
        self.flows.environment()
    }

    /// The flows of another process: with their own connections.
    pub(crate) async fn another_process(&self) -> Flows {
        self.flows_by(&self.place.open().await, b"a secret of thirty-two bytes, or")
    }

    /// The flows after a change of the secret.
    pub(crate) fn with_another_secret(&self) -> Flows {
        self.flows_by(&self.database, b"another secret, of as many bytes")
    }

    fn flows_by(&self, database: &Database, secret: &[u8]) -> Flows {
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(2)));
        flows(database, environment, &self.passwords, SigningKey::new(secret))
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("mails")
    }

    pub(crate) fn mailing(&self) -> Relay {
        self.mailing_by(&self.flows, mail_options())
    }

    pub(crate) fn mailing_by(&self, flows: &Flows, options: MailOptions) -> Relay {
        let mailer = Mailer::folder(self.folder(), "Vestibule <no-reply@example.org>".parse().unwrap());
        let destination = MailDestination::new(flows.clone(), mailer, Templates::load(None).unwrap(), options);
        Relay::new(flows.database().clone(), flows.environment().clone(), RelayOptions::default())
            .with_destination(destination)
    }

    /// A relay that mails through a server at this address.
    pub(crate) fn mailing_through(&self, server: &SocketAddr) -> Relay {
        let config = SmtpConfig {
            host: server.ip().to_string(),
            port: Some(server.port()),
            hello: "people.example.org".parse().unwrap(),
            encryption: Encryption::None,
            username: None,
            password: None,
            ca_file: None,
            timeout: HOUR,
            connections: 1,
        };
        let mailer = Mailer::smtp(&config, "Vestibule <no-reply@example.org>".parse().unwrap()).unwrap();
        let templates = Templates::load(None).unwrap();
        let destination = MailDestination::new(self.flows.clone(), mailer, templates, mail_options());
        Relay::new(self.database.clone(), self.environment().clone(), RelayOptions::default())
            .with_destination(destination)
    }

    /// Delivers what is due.
    pub(crate) async fn mail(&self) -> Vec<Letter> {
        self.mailing().pass().await.unwrap();
        self.letters()
    }

    /// Delivers what is due, which is one mail.
    pub(crate) async fn only_mail(&self) -> Letter {
        let mut letters = self.mail().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.remove(0)
    }

    /// The mails since the last call.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        letter::take(&self.folder())
    }

    /// All deliveries, oldest first.
    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        let query = DeliveryQuery { take: 10_000, ..DeliveryQuery::default() };
        let deliveries = Deliveries::new(self.database.clone(), self.environment().clone());
        let (mut found, _) = deliveries.list_and_count(&query).await.unwrap();
        found.reverse();
        found
    }

    pub(crate) async fn last_delivery(&self) -> Delivery {
        self.deliveries().await.pop().expect("a delivery")
    }

    /// State and reason of each delivery, oldest first.
    pub(crate) async fn outcomes(&self) -> Vec<(&'static str, Option<String>)> {
        let outcome = |delivery: Delivery| (delivery.state.as_str(), delivery.reason.map(|reason| reason.to_string()));
        self.deliveries().await.into_iter().map(outcome).collect()
    }

    pub(crate) async fn create(&self, address: &str, change: impl FnOnce(&mut CreateUserAccount)) -> UserAccount {
        let mut account =
            CreateUserAccount::new(CreateUser::new(email(address)), SignInMethod::Password(PASSWORD.to_owned()));
        change(&mut account);
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap()
    }

    /// A user who signs in with [`PASSWORD`].
    pub(crate) async fn user(&self, address: &str) -> User {
        self.create(address, |_| {}).await.user
    }

    /// The same, signed in.
    pub(crate) async fn caller(&self, address: &str) -> SessionCaller {
        self.caller_by(address, PASSWORD).await
    }

    /// The session of a sign-in with this password.
    pub(crate) async fn caller_by(&self, address: &str, password: &str) -> SessionCaller {
        let input = AuthInput::body([("email", address), ("password", password)]);
        let signed_in = self.flows.sign_in("user", "emailpass", &input, &Client::default()).await.unwrap();
        let SignIn::Session(token) = signed_in else { panic!("no session: {signed_in:?}") };
        self.flows.identify(Credential::Bearer(&token.token), Client::default).await.unwrap().unwrap()
    }

    pub(crate) async fn invite(&self, address: &str) -> Invite {
        self.invite_by(NewInvite::new(email(address)), &Context::operator()).await
    }

    pub(crate) async fn invite_by(&self, invite: NewInvite, context: &Context) -> Invite {
        self.flows.invite(&invite, context).await.unwrap()
    }

    pub(crate) async fn ask_for_reset(&self, address: &str) {
        self.ask_for_reset_as("user", address).await;
    }

    pub(crate) async fn ask_for_reset_as(&self, actor_type: &str, address: &str) {
        let request = RequestPasswordReset { provider: "emailpass", entity_id: address, actor_type };
        self.flows.request_password_reset(request, None, &Context::operator()).await.unwrap();
    }

    /// Sets a password by the token of a reset.
    pub(crate) async fn redeem(&self, token: &str, password: &str) {
        let pending = self.flows.find_password_reset(token, "user", "emailpass").await.unwrap();
        self.flows.reset_password(&pending, password, &Context::operator()).await.unwrap();
    }

    /// Records an event that the flows do not know, or with other details.
    pub(crate) async fn happen(&self, name: &'static str, subject: &str, data: Json) {
        let recorded: Result<_, vestibule_database::Error> = async {
            transaction!(self.database, |transaction| {
                record(transaction, self.environment(), name, subject, data.clone()).await
            })
        }
        .await;
        recorded.unwrap();
    }

    /// Changes the database without any checks.
    pub(crate) async fn execute(&self, text: &'static str, values: &[Value]) {
        let mut transaction = self.database.begin().await.unwrap();
        transaction.execute(text, values).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Whether `text` occurs in the deliveries.
    pub(crate) async fn is_in_deliveries(&self, text: &str) -> bool {
        let columns =
            "SELECT 1 FROM deliveries WHERE position($1 in id || event_id || name || subject || destination ||
                       target || COALESCE(recipient, '') || COALESCE(reason, '')) > 0";
        let columns = match self.place.engine() {
            vestibule_database::Engine::Postgres => columns.to_owned(),
            vestibule_database::Engine::Sqlite => {
                columns.replace("position($1 in ", "instr(").replace(") > 0", ", $1) > 0")
            }
        };
        self.database.query_optional::<()>(columns, values![text]).await.unwrap().is_some()
    }

    /// How many rows match.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.database.query_scalar(format!("SELECT count(*) FROM {from}"), &[]).await.unwrap()
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}
