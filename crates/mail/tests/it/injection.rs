//! Text that users choose is only text in a mail.

use tempfile::TempDir;
use vestibule_mail::{Facts, Kind, Mail, Mailer, Rendered, Templates};

use crate::support::{SENDER, address, mail, rendered};

const NASTY: &str = "Eve\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script> \"'><img src=x onerror=alert(2)> {{ link }} \u{202e}live\0";

fn nasty(kind: Kind) -> Facts {
    let text = || Some(NASTY.to_owned());
    let sample = Facts::sample(kind);
    Facts {
        app: NASTY.to_owned(),
        address: NASTY.to_owned(),
        inviter: text(),
        device: text(),
        client_address: text(),
        factor: text(),
        code: text(),
        ..sample
    }
}

#[test]
fn nasty_names_stay_text_in_a_template() {
    let templates = Templates::load(None).unwrap();
    for (language, kind) in
        ["en", "de"].into_iter().flat_map(|language| Kind::ALL.iter().map(move |kind| (language, *kind)))
    {
        let rendered = templates.render(kind, language, &nasty(kind)).unwrap();
        assert!(!rendered.subject.contains(char::is_control), "{:?}", rendered.subject);
        for markup in ["<script", "<img"] {
            assert!(!rendered.html.contains(markup), "{}", rendered.html);
        }
        assert!(!rendered.html.contains(['\0', '\u{202e}']));
        assert!(
            !rendered.text.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("<script")),
            "{}",
            rendered.text
        );
        assert!(rendered.text.contains("{{ link }}"), "a name is not a template: {}", rendered.text);
    }
}

#[test]
fn names_contain_no_links() {
    let templates = Templates::load(None).unwrap();
    for (language, kind) in
        ["en", "de"].into_iter().flat_map(|language| Kind::ALL.iter().map(move |kind| (language, *kind)))
    {
        for link in
            ["http://evil.example", "evil.example/x", "www.evil.example", "evil\u{3002}example", "HTTPS:\\\\evil"]
        {
            let text = || Some(format!("Win at {link} now"));
            let facts = Facts {
                inviter: text(),
                device: text(),
                factor: text(),
                address: "ada+www.evil.example/x@example.com".to_owned(),
                ..Facts::sample(kind)
            };
            let rendered = templates.render(kind, language, &facts).unwrap();
            for part in [&rendered.subject, &rendered.text, &rendered.html] {
                assert!(!part.contains(link) && !part.contains("evil.example"), "{kind:?} {language}: {part}");
                let is_linked = part.contains("//evil") || part.contains("www.evil") || part.contains("\\evil");
                assert!(!is_linked, "{kind:?} {language}: {part}");
            }
        }
    }
}

#[test]
fn a_very_long_name_is_cut() {
    let facts = Facts { inviter: Some("Win a prize! ".repeat(100)), ..Facts::sample(Kind::Invite) };
    let rendered = Templates::load(None).unwrap().render(Kind::Invite, "en", &facts).unwrap();
    assert!(rendered.subject.chars().count() < 150, "{}", rendered.subject);
    assert_eq!(rendered.text.matches("Win a prize!").count(), 7);
}

/// Returns the message in a folder, as text.
async fn message(folder: &TempDir, sender: &str, mail: &Mail<'_>) -> String {
    Mailer::folder(folder.path().to_owned(), sender.parse().unwrap()).send(mail).await.unwrap();
    std::fs::read_to_string(folder.path().join(format!("{}.eml", mail.id))).unwrap()
}

/// Returns the header's lines, unfolded.
fn headers(message: &str) -> Vec<String> {
    message.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn nasty_names_add_no_headers() {
    let folder = TempDir::new().unwrap();
    let to = address("ada@example.com");
    let rendered =
        Rendered { subject: NASTY.to_owned(), text: "\r\n.\r\nMAIL FROM:<x@y>".to_owned(), html: NASTY.to_owned() };
    let mail = Mail { language: "de\r\nBcc: eve@example.com", ..mail("mail_1", &to, &rendered) };
    let message = message(&folder, "Müller, Söhne <no-reply@example.com>", &mail).await;
    let mut names: Vec<_> =
        headers(&message).into_iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "Auto-Submitted",
            "Content-Language",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To"
        ]
    );
}

#[tokio::test]
async fn names_beyond_ascii_are_encoded() {
    let folder = TempDir::new().unwrap();
    let (to, rendered) = (address("ada@bücher.example"), rendered());
    let message = message(&folder, "Müller, Söhne <no-reply@example.com>", &mail("mail_1", &to, &rendered)).await;
    assert!(message.is_ascii(), "{message}");
    let headers = headers(&message);
    let header = |name: &str| headers.iter().find(|line| line.starts_with(name)).unwrap().clone();
    assert_eq!(header("To"), "To: ada@xn--bcher-kva.example");
    assert_eq!(header("Message-ID"), "Message-ID: <mail_1@example.com>");
    assert_eq!(header("Date"), "Date: Thu, 26 Nov 2026 14:05:00 +0000");
    assert!(header("From").ends_with("<no-reply@example.com>"), "{}", header("From"));
}

#[tokio::test]
async fn an_id_that_is_not_a_word_is_refused() {
    let folder = TempDir::new().unwrap();
    let mailer = Mailer::folder(folder.path().join("mails"), SENDER.parse().unwrap());
    let (to, rendered) = (address("ada@example.com"), rendered());
    for id in ["", "../x", "a/b", ".x", "a..b", "a\r\nBcc: x", "a>", "ä", "a\0"] {
        let error = mailer.send(&mail(id, &to, &rendered)).await.unwrap_err();
        assert!(error.is_final && !error.is_unreachable, "{id:?}");
    }
    assert!(!folder.path().join("mails").exists());
}

#[tokio::test]
async fn every_valid_address_has_one_recipient_or_none() {
    let folder = TempDir::new().unwrap();
    let mailer = Mailer::folder(folder.path().to_owned(), SENDER.parse().unwrap());
    let rendered = rendered();
    for text in [
        "a+b@localhost",
        "ａｄａ@example.com",
        "josé@example.com",
        "a%b@example.com",
        "o'neil@example.com",
        "a=b@example.com",
        "ada＠example.com",
    ] {
        let to = address(text);
        mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        let message = std::fs::read_to_string(folder.path().join("mail_1.eml")).unwrap();
        let recipients: Vec<_> = headers(&message).into_iter().filter(|line| line.starts_with("To:")).collect();
        assert_eq!(recipients.len(), 1, "{recipients:?}");
        assert_eq!(recipients[0].matches('@').count(), 1, "{recipients:?}");
    }
}
