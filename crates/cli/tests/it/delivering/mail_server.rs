//! The mail server of `tests/mail/server.py`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::support::{PATIENCE, Place};

/// A mail server that runs; killed when dropped.
pub(super) struct MailServer {
    pub(super) port: u16,
    certificates: TempDir,
    mails: Lines<BufReader<ChildStdout>>,
    process: Child,
}

impl MailServer {
    /// Starts one with arguments of `server.py`. `None` where there is no Python that has what it needs, which is said.
    pub(super) async fn start(arguments: &[&str]) -> Option<Self> {
        let Some(python) = std::env::var_os("VESTIBULE_TEST_SMTP_PYTHON") else {
            // Past the capture of what tests print, which shows nothing of those that pass.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: a test against a real mail server; set VESTIBULE_TEST_SMTP_PYTHON=$(tests/mail/run --python)"
            );
            return None;
        };
        let certificates = TempDir::new().unwrap();
        let mut process = Command::new(python)
            .arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail/server.py"))
            .arg("--certificates")
            .arg(certificates.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut mails = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = timeout(PATIENCE, mails.next_line()).await.expect("the mail server is not ready").unwrap().unwrap();
        let port = first.strip_prefix("listening ").unwrap().parse().unwrap();
        Some(Self { port, certificates, mails, process })
    }

    /// The file of an authority: `ca` has issued its certificate, `stranger` has not.
    pub(super) fn authority(&self, name: &str) -> String {
        self.certificates.path().join(format!("{name}.pem")).display().to_string()
    }

    /// The next mail that it takes.
    pub(super) async fn received(&mut self) -> Json {
        let line = timeout(PATIENCE, self.mails.next_line()).await.expect("no mail came").unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Ends it, and gives the mails that it has taken and nobody has asked for.
    pub(super) async fn end(mut self) -> Vec<String> {
        self.process.kill().await.unwrap();
        let mut rest = Vec::new();
        while let Some(line) = self.mails.next_line().await.unwrap() {
            rest.push(line);
        }
        rest
    }
}

/// A place whose mails go to this port without encryption.
pub(super) fn mailing(place: Place, port: u16) -> Place {
    let place = place.with("VESTIBULE_MAIL_SMTP_SERVER", &format!("localhost:{port}"));
    place.with("VESTIBULE_MAIL_SMTP_ENCRYPTION", "none")
}
