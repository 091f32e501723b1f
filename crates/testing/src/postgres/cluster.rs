//! A whole PostgreSQL server for one test, which may kill and restart it.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::{PATIENCE, connect, random_bytes};

/// The variable with the directory of PostgreSQL's server programs, if they are not found automatically.
pub const PROGRAMS_VARIABLE: &str = "VESTIBULE_TEST_POSTGRES_BIN";

/// A PostgreSQL server for one test, in a temporary directory and on its own port.
///
/// It flushes to disk and requires passwords by SCRAM, as in production. Dropping it stops it and removes its files.
#[derive(Debug)]
pub struct PrivateCluster {
    programs: PathBuf,
    directory: TempDir,
    owner: Option<Owner>,
    settings: Vec<String>,
    password: String,
    port: u16,
    server: Option<Child>,
}

impl PrivateCluster {
    /// Creates a cluster, starts its server and waits until it responds.
    ///
    /// # Panics
    ///
    /// If PostgreSQL's server programs are missing, or the server does not start.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Like [`start`](Self::start), with settings of `postgresql.conf`, such as `max_connections=10`.
    ///
    /// # Panics
    ///
    /// Like [`start`](Self::start).
    pub async fn start_with(settings: &[&str]) -> Self {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        // initdb computes for a second or two: not on the thread of the test's other tasks.
        let mut cluster =
            tokio::task::spawn_blocking(|| Self::create(settings)).await.expect("creating a cluster was interrupted");
        for _ in 0..10 {
            cluster.port = free_port();
            match cluster.run_until_ready().await {
                Ok(()) => return cluster,
                Err(StartError::PortTaken) => {}
                Err(StartError::Other(log)) => panic!("PostgreSQL did not start:\n{log}"),
            }
        }
        panic!("no free port for PostgreSQL after ten tries");
    }

    /// Returns the URL of the cluster's database `postgres`. It survives [`start_again`](Self::start_again).
    pub fn url(&self) -> String {
        format!("postgres://vestibule:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    /// Returns the port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the cluster's data directory, for a test that needs its files (certificates, `pg_hba.conf`).
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Stops the server as a crash does: SIGKILL, nothing flushed, no connection closed properly.
    ///
    /// # Panics
    ///
    /// If the server is not running.
    pub fn kill(&mut self) {
        let mut server = self.server.take().expect("the server is not running");
        server.kill().expect("the server could not be killed");
        server.wait().expect("the killed server could not be waited for");
    }

    /// Starts the server again after [`kill`](Self::kill), on the same port, and waits until it has recovered.
    ///
    /// # Panics
    ///
    /// If the server is running, or does not start within a minute.
    pub async fn start_again(&mut self) {
        assert!(self.server.is_none(), "the server is running");
        let started = timeout(PATIENCE, async {
            // The data directory stays locked until the last process of the killed server has ended.
            while let Err(error) = self.run_until_ready().await {
                if let StartError::Other(log) = error
                    && !log.contains("pre-existing shared memory block")
                    && !log.contains("lock file \"postmaster.pid\" already exists")
                {
                    panic!("PostgreSQL did not start again:\n{log}");
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        started.await.expect("PostgreSQL did not start again within a minute");
    }

    fn create(settings: Vec<String>) -> Self {
        let programs = server_programs();
        let directory = TempDir::with_prefix("postgres-").expect("a temporary directory");
        let owner = Owner::needed_for(directory.path());
        let password = random_word();

        let password_file = directory.path().join("password");
        fs::write(&password_file, &password).expect("the password file");
        fs::set_permissions(&password_file, fs::Permissions::from_mode(0o600)).expect("the password file's mode");
        if let Some(owner) = owner {
            for path in [directory.path(), &password_file] {
                chown(path, Some(owner.user), Some(owner.group)).expect("the directory's owner");
            }
        }

        let cluster = Self { programs, directory, owner, settings, password, port: 0, server: None };
        let initdb = cluster
            .program("initdb")
            .arg("--pgdata")
            .arg(cluster.data())
            .arg("--pwfile")
            .arg(password_file)
            .args(["--username=vestibule", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .output()
            .expect("initdb could not be run");
        assert!(initdb.status.success(), "initdb failed: {}", String::from_utf8_lossy(&initdb.stderr));
        cluster
    }

    async fn run_until_ready(&mut self) -> Result<(), StartError> {
        let log = self.directory.path().join("log");
        let output = File::create(&log).expect("the server's log");
        let mut server = self
            .program("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(self.settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("the server's log"))
            .stderr(output)
            .spawn()
            .expect("postgres could not be run");
        let url = self.url();
        let ready = timeout(PATIENCE, async {
            loop {
                // Another server on the same port would respond, too, but not accept this password.
                if connect(&url).await.is_ok() {
                    return true;
                }
                if !matches!(server.try_wait(), Ok(None)) {
                    return false;
                }
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        if ready == Ok(true) {
            self.server = Some(server);
            return Ok(());
        }
        stop(&mut server);
        let log = fs::read_to_string(log).unwrap_or_default();
        if log.contains("could not bind") { Err(StartError::PortTaken) } else { Err(StartError::Other(log)) }
    }

    /// Returns the command of a PostgreSQL program, run as a user that PostgreSQL accepts, in a directory that this
    /// user may enter.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir("/").env("LC_ALL", "C");
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group);
        }
        command
    }
}

impl Drop for PrivateCluster {
    fn drop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // An immediate shutdown ends every process of the server before its files are removed.
        let asked =
            self.program("pg_ctl").args(["stop", "--mode=immediate", "--silent", "--pgdata"]).arg(self.data()).status();
        if !asked.is_ok_and(|status| status.success()) {
            stop(&mut server);
        }
        // Reaped in any case; a failure needs no handling.
        let _ = server.wait();
    }
}

#[derive(Debug)]
enum StartError {
    PortTaken,
    Other(String),
}

/// The user that the server's programs run as if the test runs as root, which they refuse.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Owner {
    pub(super) fn needed_for(own_directory: &Path) -> Option<Self> {
        // The owner of a new directory is the current user.
        let root = fs::metadata(own_directory).expect("the temporary directory").uid() == 0;
        root.then(|| {
            let accounts = fs::read_to_string("/etc/passwd").expect("/etc/passwd");
            ["postgres", "nobody"]
                .iter()
                .find_map(|name| Self::parse(accounts.lines().find(|line| line.split(':').next() == Some(name))?))
                .expect("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user `nobody` to run it as")
        })
    }

    fn parse(account: &str) -> Option<Self> {
        let mut numbers = account.split(':').skip(2).map(u32::from_str);
        Some(Self { user: numbers.next()?.ok()?, group: numbers.next()?.ok()? })
    }
}

/// Returns the directory of `initdb` and `postgres`: the configured one, one in `PATH`, or the newest that Debian
/// installed.
fn server_programs() -> PathBuf {
    let asked_for = std::env::var_os(PROGRAMS_VARIABLE).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    debian.sort();
    asked_for
        .into_iter()
        .chain(std::env::split_paths(&path))
        .chain(debian.into_iter().rev().map(|(_, directory)| directory))
        .find(|directory| directory.join("initdb").is_file() && directory.join("postgres").is_file())
        .unwrap_or_else(|| {
            panic!(
                "PostgreSQL's server programs are missing: run ./test, which installs them, or set {PROGRAMS_VARIABLE}"
            )
        })
}

/// Returns a port below the ephemeral range: while the server is down, no client's socket can take it.
pub(super) fn free_port() -> u16 {
    (0..1000)
        .map(|_| 15_000 + u16::from_le_bytes(random_bytes()) % 15_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port between 15000 and 30000")
}

fn stop(server: &mut Child) {
    // It may have ended already.
    let _ = server.kill();
    let _ = server.wait();
}

fn random_word() -> String {
    format!("{:032x}", u128::from_le_bytes(random_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::{PrivateCluster, connect};

    #[tokio::test]
    async fn a_private_cluster_survives_a_crash_and_removes_its_files() {
        let mut cluster = PrivateCluster::start_with(&["max_connections=17"]).await;
        let url = cluster.url();
        let client = connect(&url).await.unwrap();
        client.batch_execute("CREATE TABLE kept AS SELECT 1 AS id").await.unwrap();
        let row = client.query_one("SELECT current_setting('max_connections'), current_setting('fsync')", &[]).await;
        let row = row.unwrap();
        assert_eq!((row.get(0), row.get(1)), ("17", "on"));

        for _ in 0..3 {
            let busy = connect(&url).await.unwrap();
            let work = tokio::spawn(async move { busy.batch_execute("SELECT pg_sleep(60)").await });
            sleep(Duration::from_millis(50)).await;
            cluster.kill();
            assert!(connect(&url).await.is_err());
            cluster.start_again().await;
            assert_eq!(cluster.url(), url);
            let ended = timeout(Duration::from_secs(10), work).await.expect("a connection outlived its server");
            assert!(ended.unwrap().is_err());
            let client = connect(&url).await.unwrap();
            assert_eq!(client.query_one("SELECT id FROM kept", &[]).await.unwrap().get::<_, i32>(0), 1);
        }

        let directory = cluster.directory.path().to_owned();
        drop(cluster);
        assert!(connect(&url).await.is_err());
        assert!(!directory.exists());
    }
}
