//! `vestibule mail`, and the settings of mails and webhooks.

use std::collections::BTreeSet;

use crate::support::Place;

#[tokio::test]
async fn preview_writes_every_mail_in_every_language() {
    let place = Place::sqlite();
    let said = place.ok("mail preview --out a/folder").await;
    assert_eq!(said, "127 files were written: open a/folder/index.html\n");
    let files: BTreeSet<String> = place.files("a/folder").into_iter().collect();
    let index = std::fs::read_to_string(place.path().join("a/folder/index.html")).unwrap();
    let mut expected = BTreeSet::from(["index.html".to_owned()]);
    for language in ["en", "de", "fr"] {
        for kind in [
            "invite",
            "invite-again",
            "password-reset",
            "password-changed",
            "verification",
            "new-device",
            "second-factor-on",
            "second-factor-off",
            "recovery-codes",
            "email-change",
            "email-changed",
            "email-taken",
            "sign-in-code",
            "test",
        ] {
            for ending in ["html", "txt", "eml"] {
                let name = format!("{language}-{kind}.{ending}");
                assert!(index.contains(&format!("href=\"{name}\"")), "{name} is not in the index");
                expected.insert(name);
            }
        }
    }
    assert_eq!(files, expected);
    assert!(files.iter().all(|file| std::fs::metadata(place.path().join("a/folder").join(file)).unwrap().len() > 0));
    assert_eq!(place.files(""), ["a"], "a preview creates no database");
}

#[tokio::test]
async fn a_broken_template_is_reported_with_its_line() {
    let place = Place::sqlite().with("VESTIBULE_MAIL_TEMPLATES", "texts");
    std::fs::create_dir_all(place.path().join("texts/en")).unwrap();
    place.write("texts/en/invite.txt", "Hello,\n{{ invited_by | shout }}\n");
    let message = "mail.templates: texts/en/invite.txt, line 2: unknown filter: filter shout is unknown";
    for command in [
        "mail preview --out shown",
        "serve --listen 127.0.0.1:0",
        "worker",
        "config check",
        "mail test --to a@example.com",
    ] {
        assert_eq!(place.run(command).await.failed(2), message, "{command}");
    }
    assert_eq!(place.files(""), ["texts"], "mistakes are found before anything is created");
    // Commands that send no mails still work.
    place.ok("invite create --email ada@example.com").await;
    place.serve_with(&["--no-worker"]).await.stop().await;
    // A corrected template is used.
    place.write("texts/en/invite.txt", "Sign in: {{ link }}\n");
    place.ok("mail preview --out shown").await;
    let shown = std::fs::read_to_string(place.path().join("shown/en-invite.txt")).unwrap();
    assert!(shown.starts_with("Sign in: https://"), "{shown}");
}

#[tokio::test]
async fn a_test_mail_is_sent() {
    let place = Place::sqlite();
    let said = place.ok("mail test --to ada@example.com --mail-language de").await;
    let path = said.strip_prefix("The mail was written to ").unwrap();
    let path = path.strip_suffix(": set mail.smtp.server to send mails.\n").unwrap();
    let mail = std::fs::read_to_string(place.path().join(path)).unwrap();
    assert!(mail.contains("To: ada@example.com") && mail.contains("Content-Language: de"), "{mail}");
    let port = crate::support::free_port();
    let server = format!("mail test --to ada@example.com --mail-smtp-server localhost:{port}");
    for encryption in ["none", "starttls", "tls"] {
        let ran = place.run(&format!("{server} --mail-smtp-encryption {encryption}")).await;
        let message = "the mail was not sent: localhost refuses connections: nothing listens on that port";
        assert_eq!(ran.failed(1), message);
    }
    assert_eq!(place.files(""), ["data"]);
    assert_eq!(place.files("data"), ["mail"], "sending a mail creates no database");
}

#[tokio::test]
async fn invalid_settings_are_reported_in_one_line() {
    let place = Place::sqlite();
    for (arguments, message) in [
        (
            "--mail-smtp-server smtp://x",
            "--mail-smtp-server: not a server such as smtp.example.com or smtp.example.com:587, without a \
             scheme",
        ),
        (
            "--mail-sender nonsense",
            "--mail-sender: not a sender such as no-reply@example.com or Vestibule <no-reply@example.com>",
        ),
        ("--mail-language xx", "mail.language: there are no mails in this language. Available: en, de, fr"),
        ("--mail-language x_y", "--mail-language: not a language such as en or de"),
        ("--mail-templates nowhere", "mail.templates: nowhere: cannot be read: No such file or directory (os error 2)"),
        ("--mail-smtp-username ada", "mail.smtp.username: a login needs mail.smtp.password too"),
        (
            "--mail-smtp-username ada --mail-smtp-server smtp.example.com",
            "mail.smtp.username: a login needs mail.smtp.password too",
        ),
        (
            "--mail-smtp-server smtp.example.com --mail-smtp-ca-file nowhere",
            "mail.smtp: the file nowhere of trusted certificates cannot be read: No such file or directory (os error 2)",
        ),
        (
            "--webhooks-allowed-networks nonsense",
            "--webhooks-allowed-networks: not an address such as 10.0.0.7 or a network such as 10.0.0.0/8",
        ),
        ("--webhooks-ca-file nowhere", "webhooks.ca_file: nowhere: I/O error: No such file or directory (os error 2)"),
        ("--events-lease 0s", "--events-lease: not a duration from 1s to 1h, such as 90s, 15m, 12h or 30d"),
    ] {
        for command in ["serve --listen 127.0.0.1:0", "worker", "config check"] {
            assert_eq!(place.run(&format!("{command} {arguments}")).await.failed(2), message, "{command} {arguments}");
        }
    }
    let place = place.with("VESTIBULE_MAIL_SMTP_PASSWORD", "a-secret-word");
    let message = "mail.smtp.password: a login needs mail.smtp.username too";
    assert_eq!(place.run("config check").await.failed(2), message);
    assert_eq!(place.files(""), [""; 0], "mistakes are found before anything is created");
    assert!(!place.ok("config show").await.contains("a-secret-word"));
    let place = place.with("VESTIBULE_MAIL_SMTP_USERNAME", "ada");
    assert_eq!(place.ok("config check").await, "The configuration is valid.\n");
}
