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

/// A running mail server; killed when dropped.
pub(super) struct MailServer {
    pub(super) port: u16,
    certificates: TempDir,
    mails: Lines<BufReader<ChildStdout>>,
    process: Child,
}

impl MailServer {
    /// Starts one with arguments of `server.py`. `None`, and a note, without a suitable Python.
    pub(super) async fn start(arguments: &[&str]) -> Option<Self> {
        let Some(python) = std::env::var_os("VESTIBULE_TEST_SMTP_PYTHON") else {
            // Written to the terminal directly: the output of passing tests is captured.
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

    /// Returns the file of an authority: `ca` has issued the server's certificate, `stranger` has not.
    pub(super) fn authority(&self, name: &str) -> String {
        self.certificates.path().join(format!("{name}.pem")).display().to_string()
    }

    /// Returns the next mail that it accepts.
    pub(super) async fn received(&mut self) -> Json {
        let line = timeout(PATIENCE, self.mails.next_line()).await.expect("no mail came").unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Stops it, and returns the mails that no one has read.
    pub(super) async fn end(mut self) -> Vec<String> {
        self.process.kill().await.unwrap();
        let mut rest = Vec::new();
        while let Some(line) = self.mails.next_line().await.unwrap() {
            rest.push(line);
        }
        rest
    }
}

/// Configures a place to send its mails to this port without encryption.
pub(super) fn mailing(place: Place, port: u16) -> Place {
    let place = place.with("VESTIBULE_MAIL_SMTP_SERVER", &format!("localhost:{port}"));
    place.with("VESTIBULE_MAIL_SMTP_ENCRYPTION", "none")
}
