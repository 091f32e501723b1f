//! All flows on an empty database, with mails into a folder and webhooks to this machine.

use std::sync::Arc;

use tempfile::TempDir;
use vestibule_auth::{AuthModule, AuthOptions, PasswordConfig, Passwords};
use vestibule_core::SigningKey;
use vestibule_database::Database;
use vestibule_flows::{By, CreateUserAccount, Flows, WayIn};
use vestibule_mail::{Mailer, Templates};
use vestibule_notify::{
    Delivery, DeliveryQuery, MailDestination, MailOptions, Relay, RelayOptions, WebhookDestination, Webhooks,
};
use vestibule_testing::{SetUp, TestClock, TestDatabase, test_environment};
use vestibule_user::{CreateUser, User, UserModule, UserOptions};
use vestibule_webhook::{AddressGuard, Client, ClientConfig};

pub(crate) const URL: &str = "https://people.example.com";
pub(crate) const PASSWORD: &str = "Lantern-trombone-42";

pub(crate) struct House {
    pub(crate) flows: Flows,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    pub(crate) folder: TempDir,
    pub(crate) per_address: u32,
    _place: Arc<TestDatabase>,
}

impl SetUp for House {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        let (environment, clock) = test_environment();
        vestibule_notify::set_up(&database, &environment).await.unwrap();
        let key = SigningKey::new(b"a secret of the tests, and of nobody else");
        let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let auth = AuthModule::new(database.clone(), environment.clone(), AuthOptions::new(key), passwords);
        let flows = Flows::new(database.clone(), environment, users, auth);
        Self { flows, database, clock, folder: TempDir::new().unwrap(), per_address: 20, _place: place }
    }
}

/// A mail as it lies in the folder, in plain text.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Letter {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let of = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{}:", name.to_ascii_lowercase()));
        self.head.lines().filter(of).map(|line| line.split_once(": ").unwrap().1).collect()
    }

    /// What stands behind `before` up to the end of the line.
    pub(crate) fn after(&self, before: &str) -> String {
        let rest = self.body.split_once(before).unwrap_or_else(|| panic!("{before} is not in {}", self.body)).1;
        rest.lines().next().unwrap().to_owned()
    }
}

impl House {
    pub(crate) fn mail(&self) -> MailDestination {
        let mailer =
            Mailer::folder(self.folder.path().join("mail"), "Vestibule <no-reply@example.com>".parse().unwrap());
        let options = MailOptions {
            public_url: URL.to_owned(),
            app: "Vestibule".to_owned(),
            language: "en".to_owned(),
            per_address: self.per_address,
        };
        MailDestination::new(self.flows.clone(), mailer, Templates::load(None).unwrap(), options)
    }

    pub(crate) fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.flows.clone(), loopback())
    }

    pub(crate) fn relay(&self) -> Relay {
        let client = Client::new(&ClientConfig { guard: loopback(), ..ClientConfig::default() }).unwrap();
        Relay::new(self.database.clone(), self.flows.environment().clone(), RelayOptions::default())
            .with_destination(self.mail())
            .with_destination(WebhookDestination::new(self.webhooks(), client))
    }

    pub(crate) async fn user(&self, email: &str) -> User {
        self.user_named(email, None).await
    }

    pub(crate) async fn user_named(&self, email: &str, name: Option<&str>) -> User {
        let mut user = CreateUser::new(email.parse().unwrap());
        user.first_name = name.map(str::to_owned);
        let account = CreateUserAccount { user, way_in: WayIn::Password(PASSWORD.to_owned()), roles: None };
        self.flows.create_user_account(&account, &By::operator()).await.unwrap().user
    }

    /// Delivers what is due, and gives the mails that are new, in no order.
    pub(crate) async fn letters(&self) -> Vec<Letter> {
        self.relay().pass().await.unwrap();
        let Ok(files) = std::fs::read_dir(self.folder.path().join("mail")) else { return Vec::new() };
        let mut letters = Vec::new();
        for file in files {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
            std::fs::remove_file(path).unwrap();
            let (head, body) = text.split_once("\n\n").unwrap();
            let body = body.replace("=\n", "").replace("=3D", "=");
            letters.push(Letter { head: head.replace("\n ", " "), body });
        }
        letters
    }

    pub(crate) async fn letter(&self) -> Letter {
        let mut letters = self.letters().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.remove(0)
    }

    /// All deliveries to `destination`, oldest first.
    pub(crate) async fn deliveries(&self, destination: &str) -> Vec<Delivery> {
        let query =
            DeliveryQuery { destination: Some(destination.to_owned()), take: 1_000, ..DeliveryQuery::default() };
        let (mut found, _) = self.relay().deliveries().list_and_count(&query).await.unwrap();
        found.reverse();
        found
    }
}

fn loopback() -> AddressGuard {
    AddressGuard { allowed: vec!["127.0.0.0/8".parse().unwrap()] }
}
