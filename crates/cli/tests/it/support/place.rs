//! A directory, a database, and the program that runs there.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;
use vestibule::database::{Database, Engine};
use vestibule_testing::{SetUp, TestDatabase};

use super::{PATIENCE, Process, Ran, Server};

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_vestibule");

/// A sufficient secret for a configured database.
pub(crate) const SECRET: &str = "kJ8s0Vq2mXz7Lw4TbN6yRfGhPdC3aE9u";

/// A working directory. On SQLite the database is the default one in it; on PostgreSQL database and secret are
/// configured.
pub(crate) struct Place {
    directory: TempDir,
    variables: Vec<(String, String)>,
    database_url: String,
    // Dropped after the servers that use it.
    _database: Option<Arc<TestDatabase>>,
}

impl SetUp for Place {
    async fn set_up(database: Arc<TestDatabase>) -> Self {
        let place = match database.engine() {
            Engine::Sqlite => Self::sqlite(),
            Engine::Postgres => Self { _database: Some(Arc::clone(&database)), ..Self::configured(&database.url()) },
        };
        // Generous, because a machine that builds and tests at the same time is slow.
        let place = place.with("VESTIBULE_DATABASE_ACQUIRE_TIMEOUT", "30s");
        let place = place.with("VESTIBULE_DATABASE_CONNECT_TIMEOUT", "30s");
        // All requests of a test come from one address.
        place.with("VESTIBULE_LIMITS_PER_ADDRESS", "0")
    }
}

impl Place {
    /// Creates an empty directory.
    pub(crate) fn sqlite() -> Self {
        let directory = TempDir::with_prefix("vestibule-").unwrap();
        let database_url = format!("sqlite://{}", directory.path().join("data/vestibule.db").display());
        Self { directory, variables: Vec::new(), database_url, _database: None }
    }

    /// Creates an empty directory, with a configured database elsewhere.
    pub(crate) fn configured(url: &str) -> Self {
        let place = Self::sqlite().with("DATABASE_URL", url).with("JWT_SECRET", SECRET);
        Self { database_url: url.to_owned(), ..place }
    }

    /// Creates an empty directory, with a database in the server for tests.
    pub(crate) async fn postgres() -> Self {
        Self::set_up(Arc::new(TestDatabase::postgres().await)).await
    }

    /// Adds an environment variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes an environment variable.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Returns the database's URL.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Returns the working directory.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a file there.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Returns what `ls -A` prints there, sorted.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path().join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Opens the database directly, like another process.
    pub(crate) async fn open(&self) -> Database {
        let mut config = vestibule::database::Config::from_url(&self.database_url).unwrap();
        config.acquire_timeout *= 6;
        config.connect_timeout *= 6;
        Database::open(&config).await.unwrap()
    }

    /// Returns a command of the program with these arguments; dropping its child kills it.
    pub(crate) fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        self.prepared(Command::new(PROGRAM), arguments)
    }

    /// The same, started by `sh` after these lines, in which `"$@"` is the program and its arguments.
    pub(crate) fn command_by_shell<'a>(&self, lines: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", lines, "sh", PROGRAM]);
        self.prepared(command, arguments)
    }

    fn prepared<'a>(&self, mut command: Command, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the program to its end, without input. The arguments are separated by spaces; see [`Place::run_with`].
    pub(crate) async fn run(&self, arguments: &str) -> Ran {
        self.run_with(&arguments.split_whitespace().collect::<Vec<_>>(), None).await
    }

    /// Runs the program to its end, which must succeed, and returns its output.
    pub(crate) async fn ok(&self, arguments: &str) -> String {
        self.run(arguments).await.ok()
    }

    /// Runs the program to its end with arguments that may contain spaces, and possibly with input.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: Option<&[u8]>) -> Ran {
        let mut command = self.command(arguments.iter().copied());
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        if let Some(input) = input {
            // A program that reads nothing closes the pipe early.
            let _ = child.stdin.take().unwrap().write_all(input).await;
        }
        let output = timeout(PATIENCE, child.wait_with_output()).await;
        Ran::new(arguments, output.expect("the command did not end").unwrap())
    }

    /// Starts a server there on its own port, and waits until it is ready.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// The same with further arguments.
    pub(crate) async fn serve_with(&self, arguments: &[&str]) -> Server {
        let arguments = ["serve", "--listen", "127.0.0.1:0"].iter().chain(arguments);
        Server::start(self.command(arguments.copied())).await.unwrap_or_else(|ran| panic!("{ran:?}"))
    }
    /// Starts a `vestibule worker` there.
    pub(crate) async fn work_with(&self, arguments: &[&str]) -> Process {
        let arguments = ["worker"].iter().chain(arguments);
        let started = Process::start(self.command(arguments.copied())).await;
        let (process, first) = started.unwrap_or_else(|ran| panic!("{ran:?}"));
        assert_eq!(first, "delivering");
        process
    }
}
