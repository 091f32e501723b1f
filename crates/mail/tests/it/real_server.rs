//! Sends to a real mail server, `tests/mail/server.py`. `tests/mail/run` installs its dependencies and sets
//! `VESTIBULE_TEST_SMTP_PYTHON`; without it, each test reports that it was skipped.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use vestibule_mail::{Encryption, SmtpConfig};

use crate::support::{address, config, mail, mailer, rendered};

struct RealServer {
    port: u16,
    /// Contains `ca.pem` and `stranger.pem`.
    certificates: TempDir,
    mails: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl RealServer {
    async fn start(arguments: &[&str]) -> Option<Self> {
        let Some(python) = std::env::var_os("VESTIBULE_TEST_SMTP_PYTHON") else {
            // Written to the terminal directly: the output of passing tests is captured.
            let _ = writeln!(std::io::stderr(), "SKIPPED: a test against a real mail server; tests/mail/run runs it");
            return None;
        };
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail/server.py");
        let certificates = TempDir::new().unwrap();
        let mut process = Command::new(python)
            .arg(script)
            .arg("--certificates")
            .arg(certificates.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut mails = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = timeout(Duration::from_secs(60), mails.next_line()).await.unwrap().unwrap().unwrap();
        let port = first.strip_prefix("listening ").unwrap().parse().unwrap();
        Some(Self { port, certificates, mails, _process: process })
    }

    /// Trusts only `authority`.
    fn config(&self, encryption: Encryption, authority: &str) -> SmtpConfig {
        SmtpConfig {
            ca_file: Some(self.certificates.path().join(authority)),
            ..config("localhost", self.port, encryption)
        }
    }

    async fn received(&mut self) -> serde_json::Value {
        let line = timeout(Duration::from_secs(10), self.mails.next_line()).await.unwrap().unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Checks that no mail arrives for a while.
    async fn received_nothing_yet(&mut self) {
        let _ = timeout(Duration::from_millis(200), self.mails.next_line())
            .await
            .map(|line| panic!("a mail was received: {line:?}"));
    }
}

fn with_login(config: SmtpConfig, password: &str) -> SmtpConfig {
    SmtpConfig { username: Some("vestibule".to_owned()), password: Some(password.to_owned()), ..config }
}

#[tokio::test]
async fn a_mail_arrives_as_written() {
    let Some(mut server) = RealServer::start(&[]).await else { return };
    let (to, rendered) = (address("ada@example.com"), rendered());
    mailer(&config("localhost", server.port, Encryption::None)).send(&mail("mail_1", &to, &rendered)).await.unwrap();
    let received = server.received().await;
    assert_eq!(received["text"], rendered.text.as_str());
    assert_eq!(received["html"], rendered.html.as_str());
    let headers: Vec<_> = received["headers"].as_array().unwrap().iter().map(|header| header.to_string()).collect();
    insta::assert_snapshot!(format!("{}\n{}\n{}", received["from"], received["to"], headers.join("\n")));
}

#[tokio::test]
async fn text_beyond_ascii_arrives() {
    let Some(mut server) = RealServer::start(&[]).await else { return };
    let (to, mut rendered) = (address("josé@bücher.example"), rendered());
    rendered.subject = "Grüße von Zoë — 招待状".to_owned();
    rendered.text = "Grüße\n.\n..\nFrom here\n".to_owned();
    mailer(&config("localhost", server.port, Encryption::None)).send(&mail("mail_1", &to, &rendered)).await.unwrap();
    let received = server.received().await;
    assert_eq!(received["to"], serde_json::json!(["josé@xn--bcher-kva.example"]));
    assert_eq!(received["text"], rendered.text.as_str());
    let headers = received["headers"].as_array().unwrap();
    let subject = headers.iter().find(|header| header[0] == "Subject").unwrap();
    assert_eq!(subject[1], rendered.subject.as_str());
}

#[tokio::test]
async fn mails_are_sent_encrypted_with_a_login() {
    for (way, encryption) in [("starttls", Encryption::StartTls), ("tls", Encryption::Tls)] {
        let arguments = ["--tls", way, "--user", "vestibule", "--password", "a-secret-word"];
        let Some(mut server) = RealServer::start(&arguments).await else { return };
        let mailer = mailer(&with_login(server.config(encryption, "ca.pem"), "a-secret-word"));
        mailer.check().await.unwrap();
        let (to, rendered) = (address("ada@example.com"), rendered());
        for id in ["mail_1", "mail_2"] {
            mailer.send(&mail(id, &to, &rendered)).await.unwrap();
            let received = server.received().await;
            assert_eq!((&received["encrypted"], &received["user"]), (&true.into(), &"vestibule".into()), "{way}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let arguments = ["--tls", "starttls", "--user", "vestibule", "--password", "a-secret-word"];
    let Some(server) = RealServer::start(&arguments).await else { return };
    let error = mailer(&with_login(server.config(Encryption::StartTls, "ca.pem"), "wrong")).check().await.unwrap_err();
    assert_eq!(error.to_string(), "localhost refused the login with 535: 5.7.8 Authentication credentials invalid");
    assert!(error.is_unreachable && !error.is_final);
}

#[tokio::test]
async fn an_untrusted_certificate_prevents_sending() {
    for (way, encryption) in [("starttls", Encryption::StartTls), ("tls", Encryption::Tls)] {
        for (certificate, authority, reason) in [
            (
                "localhost",
                "stranger.pem",
                "the certificate of localhost is not trusted: who issued it is not known here",
            ),
            ("other", "ca.pem", "the certificate of localhost is for another name"),
        ] {
            let Some(mut server) = RealServer::start(&["--tls", way, "--certificate", certificate]).await else {
                return;
            };
            let (to, rendered) = (address("ada@example.com"), rendered());
            let mailer = mailer(&server.config(encryption, authority));
            let error = mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap_err();
            assert_eq!(error.to_string(), reason, "{way}");
            assert!(error.is_unreachable && !error.is_final);
            server.received_nothing_yet().await;
        }
    }
}

#[tokio::test]
async fn a_refused_recipient_is_final() {
    let Some(server) = RealServer::start(&["--reply", "RCPT=550 5.1.1 no such user"]).await else { return };
    let (to, rendered) = (address("ada@example.com"), rendered());
    let mailer = mailer(&config("localhost", server.port, Encryption::None));
    let error = mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap_err();
    assert_eq!(error.to_string(), "localhost answered 550: 5.1.1 no such user");
    assert!(error.is_final && !error.is_unreachable);
}
