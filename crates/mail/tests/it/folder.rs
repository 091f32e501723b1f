//! Mails as files.

use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;
use vestibule_mail::{Mailer, Rendered};

use crate::support::{SENDER, address, mail, rendered};

#[tokio::test]
async fn a_repetition_replaces_the_file_and_only_the_owner_may_read_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/mails");
    let mailer = Mailer::folder(path.clone(), SENDER.parse().unwrap());
    assert_eq!(mailer.is_folder(), Some(path.as_path()));
    let (to, mut rendered) = (address("ada@example.com"), rendered());
    mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap();
    rendered.subject = "Once more".to_owned();
    mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap();
    mailer.send(&mail("mail_2", &to, &rendered)).await.unwrap();
    mailer.check().await.unwrap();

    let mut names: Vec<_> = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["mail_1.eml", "mail_2.eml"]);
    assert!(std::fs::read_to_string(path.join("mail_1.eml")).unwrap().contains("Subject: Once more\r\n"));
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.join("mail_1.eml"))), (0o700, 0o600));
}

#[tokio::test]
async fn the_same_mail_makes_the_same_file() {
    let folder = TempDir::new().unwrap();
    let mailer = Mailer::folder(folder.path().to_owned(), SENDER.parse().unwrap());
    let to = address("ada@example.com");
    let rendered =
        Rendered { subject: "Hello".to_owned(), text: "Hello\n".to_owned(), html: "<p>Hello</p>\n".to_owned() };
    mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(folder.path().join("mail_1.eml")).unwrap().replace('\r', ""));
}

#[tokio::test]
async fn a_folder_that_cannot_be_created_is_a_server_error() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let mailer = Mailer::folder(folder.path().join("file/mails"), SENDER.parse().unwrap());
    let (to, rendered) = (address("ada@example.com"), rendered());
    let error = mailer.send(&mail("mail_1", &to, &rendered)).await.unwrap_err();
    assert!(error.is_unreachable && !error.is_final, "{error:?}");
    assert!(error.to_string().contains("takes no mail: "), "{error}");
    assert_eq!(mailer.check().await.unwrap_err(), error);
}
