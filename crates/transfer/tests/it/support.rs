//! An empty installation, and files to import into it.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use totp_rs::{Builder, Secret};
use vestibule_auth::{AuthInput, AuthModule, AuthOptions, PasswordConfig, Passwords};
use vestibule_core::{Environment, FindConfig, SigningKey};
use vestibule_database::{Database, Migrations, values};
use vestibule_flows::{Client, Credential, Flows, SignIn, USER};
use vestibule_testing::{SetUp, TestClock, TestDatabase, test_environment};
use vestibule_transfer::{ImportError, ImportOptions, Importer, Kind, Progress, Quiet, Report, SourceOptions, Summary};
use vestibule_user::{User, UserField, UserModule, UserOptions};

pub(crate) struct Site {
    pub(crate) flows: Flows,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    folder: TempDir,
    _place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &vestibule_flows::MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let (environment, clock) = test_environment();
        Self::with(place, environment, clock).await
    }
}

pub(crate) fn fixture(name: &str) -> String {
    format!("{}/tests/it/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs the statements of a file, each of which ends with its line.
pub(crate) async fn load(database: &Database, script: &str) {
    let mut transaction = database.begin().await.unwrap();
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        transaction.execute(statement.to_owned(), &[]).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
    transaction.commit().await.unwrap();
}

/// Another program's database in PostgreSQL. It is there as long as what is returned.
pub(crate) async fn postgres_of(script: &str) -> TestDatabase {
    let place = TestDatabase::postgres().await;
    load(&place.open().await, script).await;
    place
}

/// Stops an import when this many rows are done, as a process that is killed there.
struct StopAt(u64);

/// What such an import unwinds with.
struct Stopped;

impl Progress for StopAt {
    fn begin(&mut self, _: u64) {}
    fn at(&mut self, rows: u64) {
        if rows >= self.0 {
            std::panic::resume_unwind(Box::new(Stopped));
        }
    }
}

impl Site {
    /// Another installation, which makes other ids. Its clock is the system's.
    pub(crate) async fn elsewhere(place: TestDatabase) -> Self {
        Self::with(Arc::new(place), Environment::system(), TestClock::default()).await
    }

    async fn with(place: Arc<TestDatabase>, environment: Environment, clock: TestClock) -> Self {
        let database = place.open().await;
        vestibule_flows::set_up(&database, &environment).await.unwrap();
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let key = SigningKey::new(b"a secret of thirty-two bytes, or");
        let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(key.clone()));
        let auth = AuthModule::new(database.clone(), environment.clone(), AuthOptions::new(key), passwords);
        let flows = Flows::new(database.clone(), environment, users, auth);
        Self { flows, database, clock, folder: TempDir::with_prefix("vestibule-").unwrap(), _place: place }
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

    /// Imports until this many rows are done, and no further.
    pub(crate) async fn stop_import(&self, source: &SourceOptions, at: u64) {
        let (importer, source) = (self.importer(ImportOptions::default()), source.clone());
        let run = async move { importer.run(&source, &mut Report::none(), &mut StopAt(at)).await };
        let ended = tokio::spawn(run).await;
        assert!(ended.is_err_and(|error| error.into_panic().is::<Stopped>()), "it was not stopped at {at}");
    }

    /// Imports as the guide says: the dry run changes nothing and says what happens; importing again changes nothing. Returns the
    /// summary and the lines of the report.
    pub(crate) async fn import_fully(&self, source: &SourceOptions) -> (Summary, Vec<Vec<String>>) {
        let nothing = self.rows().await;
        let mut options = ImportOptions::default();
        options.dry_run = true;
        let dry = self.try_import(source, options).await.unwrap();
        assert_eq!(self.rows().await, nothing);
        let (done, lines) = self.import_reported(source, ImportOptions::default()).await;
        assert_eq!(dry.counts().collect::<Vec<_>>(), done.counts().collect::<Vec<_>>());
        let once = self.rows().await;
        let again = self.import(source).await;
        assert_eq!(
            again.counts().filter(|(_, result, _)| matches!(*result, "created" | "updated")).count(),
            0,
            "{again:?}"
        );
        assert_eq!(self.rows().await, once);
        (done, lines)
    }

    /// Imports; returns the summary and the lines of the report.
    pub(crate) async fn import_reported(
        &self,
        source: &SourceOptions,
        options: ImportOptions,
    ) -> (Summary, Vec<Vec<String>>) {
        let path = self.file("report.csv", "");
        let mut report = Report::to(std::fs::File::create(&path).unwrap()).unwrap();
        report.set_invite_link("https://example.com/invite?token=");
        let done = self.importer(options).run(source, &mut report, &mut Quiet).await.unwrap();
        drop(report);
        let mut table = csv::Reader::from_path(path).unwrap();
        (done, table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect())
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

    /// An imported password: a wrong one is refused, the right one signs in, and its hash is ours from then on.
    pub(crate) async fn adopts(&self, email: &str, password: &str) {
        let before = self.hash(email).await;
        assert!(!self.signs_in(email, &format!("{password}x")).await, "{email}");
        assert_eq!(self.hash(email).await, before, "{email}: as it was until the first sign-in");
        assert!(self.signs_in(email, password).await, "{email}");
        let after = self.hash(email).await;
        assert!(after.starts_with("$argon2id$v=19$m=") && after != before, "{email}: {after}");
        assert!(self.signs_in(email, password).await, "{email}: by our own hash");
        assert!(!self.signs_in(email, &format!("{password}x")).await, "{email}");
    }

    /// Signs in with a password and a second factor; `None` if the password is wrong or no second factor is asked for.
    pub(crate) async fn passes(&self, email: &str, password: &str, method: &str, code: &str) -> Option<bool> {
        let input = AuthInput::body([("email", email), ("password", password)]);
        let client = Client::default();
        let Ok(SignIn::Challenge { token, challenge }) = self.flows.sign_in(USER, "emailpass", &input, &client).await
        else {
            return None;
        };
        let caller = self.flows.identify(Credential::Bearer(&token.token), Client::default).await.unwrap().unwrap();
        let verified = self.flows.verify_mfa_challenge(&caller, &client, challenge.id, method, code).await;
        Some(matches!(verified, Ok(SignIn::Session(_))))
    }

    /// The code of an authenticator app at this moment; the secret in base32, or in bytes.
    pub(crate) fn code(&self, secret: Secret) -> String {
        let seconds = u64::try_from(self.flows.environment().now().as_seconds()).unwrap();
        Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string()
    }

    /// The ids of a user's roles.
    pub(crate) async fn roles_of(&self, email: &str) -> Vec<String> {
        let id = self.user(email).await.unwrap().id.to_string();
        let roles = self.flows.rbac().role_ids_of(&self.database, &id).await.unwrap();
        roles.iter().map(ToString::to_string).collect()
    }

    /// The providers and names by which a user signs in.
    pub(crate) async fn methods_of(&self, email: &str) -> Vec<String> {
        let text = "SELECT provider_identities.provider || ' ' || provider_identities.entity_id AS name FROM provider_identities
                    JOIN auth_identity_actors ON auth_identity_actors.auth_identity_id = provider_identities.auth_identity_id
                    WHERE actor_id = $1 ORDER BY name";
        let id = self.user(email).await.unwrap().id.to_string();
        self.database.query_scalars(text, values![id]).await.unwrap()
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
        for table in [
            "users",
            "invites",
            "auth_identities",
            "provider_identities",
            "auth_verifications",
            "auth_mfa_factors",
            "auth_mfa_recovery_codes",
            "auth_api_keys",
            "rbac_roles",
            "rbac_policies",
            "rbac_assignments",
        ] {
            counts.push(self.database.query_scalar(format!("SELECT count(*) FROM {table}"), &[]).await.unwrap());
        }
        counts
    }
}

use vestibule_core::Field as _;
