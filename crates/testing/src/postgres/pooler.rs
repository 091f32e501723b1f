//! PgBouncer between a test and the server for tests.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{sleep, timeout};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::cluster::{Owner, free_port};
use super::{PATIENCE, connect};

/// When PgBouncer gives a connection of the server to another client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// When the client disconnects.
    Session,
    /// After each transaction.
    Transaction,
}

/// PgBouncer with its default settings, in front of the server of one database. Dropping it stops it.
#[derive(Debug)]
pub struct Pooler {
    process: Child,
    url: String,
    _directory: TempDir,
}

impl Pooler {
    /// Starts PgBouncer in front of the server of this URL, with further lines for the section `[pgbouncer]`.
    ///
    /// # Panics
    ///
    /// If the program `pgbouncer` is missing, or does not start.
    pub async fn start(url: &str, pooling: Pooling, settings: &str) -> Self {
        let server = Config::from_str(url).expect("the server's URL");
        let directory = TempDir::with_prefix("pgbouncer-").expect("a temporary directory");
        let owner = Owner::needed_for(directory.path());
        for _ in 0..10 {
            let port = free_port();
            fs::write(directory.path().join("ini"), configuration(&server, port, pooling, settings))
                .expect("its settings");
            let log = directory.path().join("log");
            let mut command = Command::new("/usr/sbin/pgbouncer");
            command.arg(directory.path().join("ini")).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(File::create(&log).expect("its log"));
            if let Some(owner) = owner {
                for path in [directory.path().to_owned(), directory.path().join("ini")] {
                    chown(path, Some(owner.user), Some(owner.group)).expect("the directory's owner");
                }
                command.uid(owner.user).gid(owner.group);
            }
            let mut process = command.spawn().expect("pgbouncer: run ./test, which installs it");
            let database = server.get_dbname().unwrap_or("postgres");
            let url = format!("postgres://vestibule@127.0.0.1:{port}/{database}");
            let ready = timeout(PATIENCE, async {
                while connect(&url).await.is_err() {
                    if !matches!(process.try_wait(), Ok(None)) {
                        return false;
                    }
                    sleep(Duration::from_millis(20)).await;
                }
                true
            });
            if ready.await == Ok(true) {
                return Self { process, url, _directory: directory };
            }
            process.kill().ok();
            process.wait().ok();
            let log = fs::read_to_string(log).unwrap_or_default();
            assert!(log.contains("in use"), "PgBouncer did not start:\n{log}");
        }
        panic!("no free port for PgBouncer after ten tries");
    }

    /// Returns the URL of the database, through the pooler.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn configuration(server: &Config, port: u16, pooling: Pooling, settings: &str) -> String {
    let host = match server.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "127.0.0.1".to_owned(),
    };
    let password = String::from_utf8_lossy(server.get_password().unwrap_or_default()).into_owned();
    let (user, server_port) = (server.get_user().unwrap_or_default(), server.get_ports().first().unwrap_or(&5432));
    let mode = match pooling {
        Pooling::Session => "session",
        Pooling::Transaction => "transaction",
    };
    format!(
        "[databases]\n* = host={host} port={server_port} user={user} password={password}\n\n[pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n{settings}\n"
    )
}
