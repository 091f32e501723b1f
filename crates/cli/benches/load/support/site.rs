//! An installation of the product in its own folder, with the default configuration.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use super::client::{ask_once, request};
use super::process::Process;

pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// The secret for a configured database.
pub(crate) const SECRET: &str = "only-for-benchmarks-0123456789abcdef";

/// A folder, and a database in it or elsewhere.
pub(crate) struct Site {
    folder: Arc<TempDir>,
    program: PathBuf,
    database_url: Option<String>,
    variables: Vec<(&'static str, &'static str)>,
}

impl Site {
    /// With SQLite, on the disk of the build: `/tmp` may be memory, where nothing is durable.
    pub(crate) fn sqlite() -> Self {
        Self {
            folder: Arc::new(TempDir::with_prefix_in("bench-", env!("CARGO_TARGET_TMPDIR")).expect("a folder")),
            program: PathBuf::from(env!("CARGO_BIN_EXE_vestibule")),
            database_url: None,
            variables: Vec::new(),
        }
    }

    /// With another build of the product.
    pub(crate) fn of(program: PathBuf) -> Self {
        Self { program, ..Self::sqlite() }
    }

    /// Adds an environment variable.
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Returns the same installation with another environment variable.
    pub(crate) fn clone_with(&self, name: &'static str, value: &'static str) -> Self {
        let Self { folder, program, database_url, variables } = self;
        let (folder, program) = (Arc::clone(folder), program.clone());
        Self { folder, program, database_url: database_url.clone(), variables: variables.clone() }.with(name, value)
    }

    /// With the database of this URL.
    pub(crate) fn at(url: &str) -> Self {
        Self { database_url: Some(url.to_owned()), ..Self::sqlite() }
    }

    /// Returns the URL of the database.
    pub(crate) fn database_url(&self) -> String {
        let file = || format!("sqlite://{}", self.folder().join("data/vestibule.db").display());
        self.database_url.clone().unwrap_or_else(file)
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let log = File::options().create(true).append(true).open(self.folder().join("log")).expect("a log");
        command.args(arguments).current_dir(self.folder()).env_clear().stderr(log);
        // All of the load comes from one address and signs in to one account.
        command.env("VESTIBULE_LIMITS_PER_ADDRESS", "0").env("VESTIBULE_LIMITS_PER_ACCOUNT", "0");
        command.envs(self.variables.iter().copied());
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url).env("JWT_SECRET", SECRET);
        }
        command
    }

    /// Creates the first user: [`EMAIL`] with [`PASSWORD`].
    pub(crate) fn create_user(&self) {
        let mut command = self.command(&["user", "create", "--email", EMAIL, "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the program starts");
        child.stdin.take().expect("its input").write_all(PASSWORD.as_bytes()).expect("it reads");
        assert!(child.wait().expect("it ends").success(), "the user was created");
    }

    /// Brings the tables and the indexes up to date.
    pub(crate) fn migrate(&self) {
        let status = self.command(&["migrate"]).stdout(Stdio::null()).status().expect("the program starts");
        assert!(status.success(), "the database was migrated");
    }

    /// Starts the server on a free port.
    pub(crate) fn serve(&self) -> Process {
        Process::start(&mut self.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Creates the first user and starts the server.
    pub(crate) fn begin(&self) -> Process {
        self.create_user();
        self.serve()
    }
}

/// Returns the request that signs in the first user.
pub(crate) fn sign_in() -> Vec<u8> {
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    request("POST", "/auth/user/emailpass", None, Some(&body))
}

/// Returns the first user's token.
pub(crate) fn token(server: &Process) -> String {
    ask_once(server.address, &sign_in())["token"].as_str().expect("a token").to_owned()
}

/// Returns a `GET` of this path with `token`.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    request("GET", path, Some(token), None)
}

/// Returns requests that each invite a new address. `name` distinguishes the runs on one server.
pub(crate) fn invite(name: &str, token: &str) -> super::load::Request {
    let (name, token) = (name.to_owned(), token.to_owned());
    super::load::Request::numbered(move |number| {
        let body = json!({ "email": format!("{name}{number}@example.com") }).to_string();
        request("POST", "/admin/invites", Some(&token), Some(&body))
    })
}
