//! An empty installation, and files to import into it.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use vestibule_auth::{AuthInput, AuthModule, AuthOptions, PasswordConfig, Passwords};
use vestibule_core::{Environment, FindConfig, SigningKey};
use vestibule_database::{Database, Migrations, values};
use vestibule_flows::{Client, Flows, SignIn, USER};
use vestibule_testing::{SetUp, TestDatabase, test_environment};
use vestibule_transfer::{ImportError, ImportOptions, Importer, Kind, Quiet, Report, SourceOptions, Summary};
use vestibule_user::{User, UserField, UserModule, UserOptions};

pub(crate) struct Site {
    pub(crate) flows: Flows,
    pub(crate) database: Database,
    folder: TempDir,
    _place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &vestibule_flows::MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self::with(place, test_environment().0).await
    }
}

pub(crate) fn fixture(name: &str) -> String {
    format!("{}/tests/it/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

impl Site {
    /// Another installation, which makes other ids.
    pub(crate) async fn elsewhere(place: TestDatabase) -> Self {
        Self::with(Arc::new(place), Environment::system()).await
    }

    async fn with(place: Arc<TestDatabase>, environment: Environment) -> Self {
        let database = place.open().await;
        vestibule_flows::set_up(&database, &environment).await.unwrap();
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let key = SigningKey::new(b"a secret of thirty-two bytes, or");
        let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
        let auth = AuthModule::new(database.clone(), environment.clone(), AuthOptions::new(key), passwords);
        let flows = Flows::new(database.clone(), environment, users, auth);
        Self { flows, database, folder: TempDir::with_prefix("vestibule-").unwrap(), _place: place }
    }

    /// Writes a file.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.database.engine() == vestibule_database::Engine::Sqlite
    }

    pub(crate) fn importer(&self, options: ImportOptions) -> Importer {
        Importer::new(self.flows.clone(), options)
    }

    pub(crate) async fn try_import(
        &self,
        source: &SourceOptions,
        options: ImportOptions,
    ) -> Result<Summary, ImportError> {
        self.importer(options).run(source, &mut Report::none(), &mut Quiet).await
    }

    pub(crate) async fn import(&self, source: &SourceOptions) -> Summary {
        self.try_import(source, ImportOptions::default()).await.unwrap()
    }

    /// A table.
    pub(crate) fn csv(&self, content: impl AsRef<[u8]>) -> SourceOptions {
        SourceOptions::new(Kind::Csv, self.file("people.csv", content))
    }

    pub(crate) async fn signs_in(&self, email: &str, password: &str) -> bool {
        let input = AuthInput::body([("email", email), ("password", password)]);
        let signed_in = self.flows.sign_in(USER, "emailpass", &input, &Client::default()).await;
        matches!(signed_in, Ok(SignIn::Session(_)))
    }

    pub(crate) async fn user(&self, email: &str) -> Option<User> {
        let find = FindConfig::default();
        self.flows.users().list_users(&UserField::Email.eq(email), &find).await.unwrap().into_iter().next()
    }

    /// The stored hash of an address.
    pub(crate) async fn hash(&self, entity_id: &str) -> String {
        let text = "SELECT provider_metadata FROM provider_identities WHERE provider = 'emailpass' AND entity_id = $1";
        let metadata: serde_json::Value = self.database.query_scalar(text, values![entity_id]).await.unwrap();
        metadata["password"].as_str().unwrap_or_default().to_owned()
    }

    /// How many rows the tables have that an import fills.
    pub(crate) async fn rows(&self) -> Vec<i64> {
        let mut counts = Vec::new();
        for table in
            ["users", "invites", "auth_identities", "provider_identities", "auth_verifications", "rbac_assignments"]
        {
            counts.push(self.database.query_scalar(format!("SELECT count(*) FROM {table}"), &[]).await.unwrap());
        }
        counts
    }
}

use vestibule_core::Field as _;
