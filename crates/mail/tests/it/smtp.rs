//! Sends to servers that accept mails, refuse them, do not respond, or are broken.

use std::time::Duration;

use vestibule_mail::{Encryption, Mailer, MailerError, SendError, SmtpConfig};

use crate::fake_server::{ACCEPTING, FakeServer, Replies};
use crate::support::{SENDER, address, config, mail, mailer, rendered};

async fn send(config: &SmtpConfig) -> Result<(), SendError> {
    let (to, rendered) = (address("ada@example.com"), rendered());
    mailer(config).send(&mail("mail_1", &to, &rendered)).await
}

async fn send_to(replies: Replies) -> (FakeServer, Result<(), SendError>) {
    let server = FakeServer::start(replies).await;
    let result = send(&config("127.0.0.1", server.port, Encryption::None)).await;
    (server, result)
}

/// Returns the reason, whether it is final, and whether it concerns the server.
fn describe(result: Result<(), SendError>) -> (String, bool, bool) {
    let error = result.unwrap_err();
    (error.to_string(), error.is_final, error.is_unreachable)
}

#[tokio::test]
async fn a_connection_is_reused() {
    let server = FakeServer::start(ACCEPTING).await;
    let mailer = mailer(&config("127.0.0.1", server.port, Encryption::None));
    assert!(mailer.is_folder().is_none());
    mailer.check().await.unwrap();
    let (to, rendered) = (address("ada@example.com"), rendered());
    mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap();
    mailer.clone().send(&mail("mail_2", &to, &rendered)).await.unwrap();
    assert_eq!((server.count("(connected)"), server.count("(mail)"), server.count("AUTH")), (1, 2, 0));
    assert!(server.commands().contains(&"MAIL FROM:<no-reply@example.com>".to_owned()), "{:?}", server.commands());
    assert_eq!(server.count("RCPT TO:<ada@example.com>"), 2);
}

#[tokio::test]
async fn the_limit_of_connections_holds() {
    let server = FakeServer::start(ACCEPTING).await;
    let mailer = mailer(&config("127.0.0.1", server.port, Encryption::None));
    let mut sending = tokio::task::JoinSet::new();
    for number in 0..20 {
        let mailer = mailer.clone();
        sending.spawn(async move {
            let (id, to, rendered) = (format!("mail_{number}"), address("ada@example.com"), rendered());
            mailer.send(&mail(&id, &to, &rendered)).await
        });
    }
    for result in sending.join_all().await {
        result.unwrap();
    }
    assert_eq!(server.count("(mail)"), 20);
    assert!(server.count("(connected)") <= 2);
}

#[tokio::test]
async fn a_temporary_refusal_of_the_recipient_is_not_final() {
    let (_, result) = send_to(Replies { recipient: "450 4.2.1 mailbox busy\r\n", ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 answered 450: 4.2.1 mailbox busy".to_owned(), false, false));
}

#[tokio::test]
async fn a_permanent_refusal_of_the_recipient_is_final() {
    let (server, result) = send_to(Replies { recipient: "550-5.1.1 no\r\n550 5.1.1 such user\r\n", ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 answered 550: 5.1.1 no such user".to_owned(), true, false));
    assert_eq!(server.count("DATA"), 0);
}

#[tokio::test]
async fn a_permanent_refusal_of_the_text_is_final() {
    let (_, result) = send_to(Replies { end: Some("554 5.7.1 looks like spam\r\n"), ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 answered 554: 5.7.1 looks like spam".to_owned(), true, false));
}

#[tokio::test]
async fn ehlo_sends_the_configured_name() {
    for (hello, said) in [("people.example.com", "people.example.com"), ("192.0.2.7", "[192.0.2.7]")] {
        let server = FakeServer::start(ACCEPTING).await;
        let config = config("127.0.0.1", server.port, Encryption::None);
        send(&SmtpConfig { hello: hello.parse().unwrap(), ..config }).await.unwrap();
        assert_eq!(server.commands()[1], format!("EHLO {said}"));
    }
}

/// Refusals of this client, not of the recipient, can be fixed: the mail is tried again.
#[tokio::test]
async fn a_refusal_of_this_client_is_not_final() {
    for answer in [
        "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname\r\n",
        "550 5.7.1 <vm>: Helo command rejected: Host not found\r\n",
        "550 5.7.1 Client host rejected: cannot find your reverse hostname\r\n",
        "554 5.7.1 <ada@example.com>: Relay access denied\r\n",
        "550 5.7.25 the sending IP has no PTR record\r\n",
        "550 5.1.8 <no-reply@example.com>: Sender address rejected: Domain not found\r\n",
        "550 relay not permitted\r\n",
        "550 HELO argument refused\r\n",
        "550 authentication required\r\n",
        "554 no thanks\r\n",
        "503 5.5.1 out of order\r\n",
        "500 5.5.1 what?\r\n",
        "550 5.3.2 not now\r\n",
    ] {
        let (_, result) = send_to(Replies { recipient: answer, ..ACCEPTING }).await;
        let (reason, is_final, is_unreachable) = describe(result);
        assert!(!is_final && !is_unreachable, "{reason}");
    }
    for answer in ["535 5.7.8 no\r\n", "530 5.7.0 log in first\r\n"] {
        let (_, result) = send_to(Replies { recipient: answer, ..ACCEPTING }).await;
        assert!(!result.unwrap_err().is_final, "{answer}");
    }
    let (_, result) = send_to(Replies { hello: "504 5.5.2 need fully-qualified hostname\r\n", ..ACCEPTING }).await;
    assert!(!result.unwrap_err().is_final);
    let (_, result) = send_to(Replies { end: Some("550 5.7.26 unauthenticated sender\r\n"), ..ACCEPTING }).await;
    assert!(!result.unwrap_err().is_final);
}

#[tokio::test]
async fn a_refusal_of_the_recipient_or_the_text_is_final() {
    for answer in [
        "550 5.1.1 no such user\r\n",
        "550 no such user\r\n",
        "551 5.1.6 moved\r\n",
        "552 5.2.2 mailbox full\r\n",
        "550 5.2.1 disabled\r\n",
        "550 5.4.1 Recipient address rejected: Access denied\r\n",
        "556 5.1.10 null MX\r\n",
        "550 5.7.17 mailbox has another owner\r\n",
    ] {
        let (_, result) = send_to(Replies { recipient: answer, ..ACCEPTING }).await;
        assert!(result.unwrap_err().is_final, "{answer}");
    }
    for answer in ["554 5.6.0 bad content\r\n", "552 5.3.4 too large\r\n", "554 no\r\n", "550 5.7.1 spam\r\n"] {
        let (_, result) = send_to(Replies { end: Some(answer), ..ACCEPTING }).await;
        assert!(result.unwrap_err().is_final, "{answer}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_sender_concerns_every_mail() {
    let (_, result) = send_to(Replies { from: "553 not your address\r\n", ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 refused the sender with 553: not your address".to_owned(), false, true));
}

#[tokio::test]
async fn replies_421_and_530_concern_the_server() {
    let (_, result) = send_to(Replies { recipient: "421 going down\r\n", ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 answered 421: going down".to_owned(), false, true));
    let (_, result) = send_to(Replies { recipient: "530 log in first\r\n", ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 answered 530: log in first".to_owned(), false, true));
    let (_, result) = send_to(Replies { greeting: Some("554 no service\r\n"), ..ACCEPTING }).await;
    assert_eq!(describe(result), ("127.0.0.1 answered 554: no service".to_owned(), false, true));
    let (_, result) = send_to(Replies { greeting: Some("HTTP/1.1 400 Bad Request\r\n"), ..ACCEPTING }).await;
    let (reason, is_final, is_unreachable) = describe(result);
    assert!(reason.starts_with("127.0.0.1 does not speak SMTP as it should: "), "{reason}");
    assert!(!is_final && is_unreachable);
}

#[tokio::test]
async fn a_refused_login_does_not_reveal_the_password() {
    let server = FakeServer::start(Replies { login: "535 5.7.8 who are you?\r\n", ..ACCEPTING }).await;
    let login = SmtpConfig {
        username: Some("vestibule".to_owned()),
        password: Some("a-secret-word".to_owned()),
        ..config("127.0.0.1", server.port, Encryption::None)
    };
    let mailer = mailer(&login);
    let error = mailer.check().await.unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 refused the login with 535: 5.7.8 who are you?");
    assert!(!error.is_final && error.is_unreachable);
    assert_eq!(server.count("MAIL"), 0);
    assert!(!format!("{login:?}{mailer:?}").contains("a-secret-word"));
}

/// `AHZlc3RpYnVsZQBhLXNlY3JldC13b3Jk` is the user name and the password.
#[tokio::test]
async fn a_login_that_the_server_repeats_is_removed() {
    let login = "501 Syntax error: AUTH PLAIN AHZlc3RpYnVsZQBhLXNlY3JldC13b3Jk Authentication refused\r\n";
    let server = FakeServer::start(Replies { login, ..ACCEPTING }).await;
    let login = SmtpConfig {
        username: Some("vestibule".to_owned()),
        password: Some("a-secret-word".to_owned()),
        ..config("127.0.0.1", server.port, Encryption::None)
    };
    let error = mailer(&login).check().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "127.0.0.1 refused the login with 501: Syntax error: AUTH PLAIN … Authentication refused"
    );
    assert_eq!(server.count("AUTH PLAIN AHZlc3RpYnVsZQBhLXNlY3JldC13b3Jk"), 1);
}

#[tokio::test]
async fn a_connection_that_closes_early_fails() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let error = send(&config("127.0.0.1", port, Encryption::None)).await;
    assert_eq!(describe(error), ("127.0.0.1 closed the connection".to_owned(), false, true));
}

#[tokio::test]
async fn required_encryption_prevents_sending_in_plain() {
    let server = FakeServer::start(ACCEPTING).await;
    let required = SmtpConfig {
        username: Some("vestibule".to_owned()),
        password: Some("a-secret-word".to_owned()),
        ..config("127.0.0.1", server.port, Encryption::StartTls)
    };
    let error = send(&required).await;
    let reason = "127.0.0.1 offers no encryption (STARTTLS), which is required; nothing was sent";
    assert_eq!(describe(error), (reason.to_owned(), false, true));
    assert_eq!((server.count("AUTH"), server.count("MAIL")), (0, 0));
}

/// A server that offers encryption, refuses it, and would accept the mail.
#[tokio::test]
async fn encryption_offered_and_refused_prevents_sending() {
    let server = FakeServer::start(Replies { hello: "250-mail.test\r\n250 STARTTLS\r\n", ..ACCEPTING }).await;
    let (reason, _, is_unreachable) = describe(send(&config("127.0.0.1", server.port, Encryption::StartTls)).await);
    assert_eq!(reason, "127.0.0.1 answered 454: not now");
    assert!(is_unreachable);
    assert_eq!(server.count("MAIL"), 0);
}

/// RFC 3207 6: replies appended to the one to STARTTLS must not count as the server's.
#[tokio::test]
async fn replies_before_encryption_are_not_used_after_it() {
    let server = FakeServer::start(Replies {
        hello: "250-mail.test\r\n250 STARTTLS\r\n",
        encryption: "220 go on\r\n250-mail.test\r\n250 AUTH PLAIN\r\n",
        ..ACCEPTING
    })
    .await;
    let (reason, _, is_unreachable) = describe(send(&config("127.0.0.1", server.port, Encryption::StartTls)).await);
    assert!(reason.starts_with("127.0.0.1 does not speak TLS as it should: "), "{reason}");
    assert!(is_unreachable);
}

#[tokio::test]
async fn a_server_that_does_not_respond_times_out() {
    for replies in [Replies { greeting: None, ..ACCEPTING }, Replies { end: None, ..ACCEPTING }] {
        let server = FakeServer::start(replies).await;
        let impatient =
            SmtpConfig { timeout: Duration::from_millis(250), ..config("127.0.0.1", server.port, Encryption::None) };
        let error = send(&impatient).await;
        assert_eq!(describe(error), ("127.0.0.1 did not answer within 250 ms".to_owned(), false, true));
    }
}

#[tokio::test]
async fn a_closed_port_or_unknown_name_fails() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for encryption in [Encryption::None, Encryption::StartTls, Encryption::Tls] {
        let error = send(&config("127.0.0.1", port, encryption)).await;
        let reason = "127.0.0.1 refuses connections: nothing listens on that port";
        assert_eq!(describe(error), (reason.to_owned(), false, true), "{encryption:?}");
    }
    let (reason, is_final, is_unreachable) = describe(send(&config("nowhere.invalid", 25, Encryption::None)).await);
    assert!(reason.starts_with("nowhere.invalid cannot be reached: "), "{reason}");
    assert!(!is_final && is_unreachable);
}

#[tokio::test]
async fn addresses_beyond_ascii_need_server_support() {
    let server = FakeServer::start(ACCEPTING).await;
    let mailer = mailer(&config("127.0.0.1", server.port, Encryption::None));
    let (to, rendered) = (address("josé@example.com"), rendered());
    let error = mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 takes no addresses with letters beyond ASCII before the @");
    assert!(error.is_final && !error.is_unreachable);
}

#[test]
fn settings_that_can_never_work_are_refused_at_the_start() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "nothing").unwrap();
    let plain = config("mail.example.com", 25, Encryption::Tls);
    let refused = |config: SmtpConfig| Mailer::smtp(&config, SENDER.parse().unwrap()).unwrap_err();
    assert!(matches!(refused(SmtpConfig { host: "a b".to_owned(), ..plain.clone() }), MailerError::Host(_)));
    assert!(matches!(refused(SmtpConfig { username: Some("u".to_owned()), ..plain.clone() }), MailerError::Login));
    assert!(matches!(refused(SmtpConfig { connections: 0, ..plain.clone() }), MailerError::Limits));
    assert!(matches!(refused(SmtpConfig { timeout: Duration::ZERO, ..plain.clone() }), MailerError::Limits));
    assert!(matches!(refused(SmtpConfig { ca_file: Some(file), ..plain.clone() }), MailerError::NoCertificate(_)));
    let missing = SmtpConfig { ca_file: Some(folder.path().join("none.pem")), ..plain };
    assert!(matches!(refused(missing), MailerError::CaFile { .. }));
}
