//! The page of settings: a test mail. And the mail of an invite before it is sent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestibule_core::{Filter, FindConfig};
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::Site;

on_both_engines!(
    a_test_mail_is_sent_and_its_result_is_at_the_place,
    a_test_mail_that_is_refused_says_why,
    a_test_mail_needs_all_permissions,
    the_mail_of_an_invite_is_shown_before_it_is_sent,
);

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(place: &TestDatabase) -> Self {
        let name: String = place.url().chars().filter(char::is_ascii_alphanumeric).collect();
        Self(std::env::temp_dir().join(format!("mails-{name}-{}", std::process::id())))
    }

    fn mails(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.0).map_or_else(|_| Vec::new(), Iterator::collect);
        files.into_iter().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn a_test_mail_is_sent_and_its_result_is_at_the_place(place: Arc<TestDatabase>) {
    let folder = Folder::new(&place);
    let site = Site::with_mails(place, &folder.0).await;
    let mut browser = site.admin().await;
    browser.get("/app/settings").await.shows("action=\"/app/settings/test-mail\"").shows("ada@example.com");
    browser.language = "de";
    let page = browser.post("/app/settings/test-mail", &[]).await;
    page.is(200).shows("role=\"status\">Es gibt keinen Mailserver: Die Mail liegt im Ordner");
    let mails = folder.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ada@example.com") && mails[0].contains("Content-Language: de"), "{}", mails[0]);
    let entries = site.flows.audit().list_and_count(&Filter::everything(), &FindConfig::default()).await.unwrap().0;
    let entry = entries.iter().find(|entry| entry.action.as_str() == "mail.tested").unwrap();
    assert_eq!(entry.after.as_ref().unwrap()["accepted"], true);
    browser.get("/app/audit").await.shows("hat eine Testmail an");
}

async fn a_test_mail_that_is_refused_says_why(place: Arc<TestDatabase>) {
    let site = Site::with_mails(place, Path::new("/dev/null/mails")).await;
    let browser = site.admin().await;
    let page = browser.post("/app/settings/test-mail", &[]).await;
    page.is(200).shows("role=\"alert\">The mail was not sent: ");
    let entries = site.flows.audit().list_and_count(&Filter::everything(), &FindConfig::default()).await.unwrap().0;
    let entry = entries.iter().find(|entry| entry.action.as_str() == "mail.tested").unwrap();
    assert_eq!(entry.after.as_ref().unwrap()["accepted"], false);
}

async fn a_test_mail_needs_all_permissions(place: Arc<TestDatabase>) {
    let folder = Folder::new(&place);
    let site = Site::with_mails(place, &folder.0).await;
    let browser = site.limited(&["audit:read"]).await;
    browser.get("/app/settings").await.is(200).hides("test-mail");
    browser.post("/app/settings/test-mail", &[]).await.is(403);
    assert_eq!(folder.mails().len(), 0);
}

async fn the_mail_of_an_invite_is_shown_before_it_is_sent(place: Arc<TestDatabase>) {
    let folder = Folder::new(&place);
    let site = Site::with_mails(place, &folder.0).await;
    let browser = site.admin().await;
    browser.get("/app/invites/new").await.shows("formaction=\"/app/invites/preview\" formtarget=\"_blank\"");
    let page = browser.post("/app/invites/preview", &[("addresses", "nonsense, grace@example.com")]).await;
    page.is(200).shows("ada@example.com").shows("grace@example.com").shows("<title>").hides("form_token");
    let policy = &page.headers["content-security-policy"];
    assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    browser.post("/app/invites/preview", &[]).await.is(200);
    assert_eq!(site.flows.users().list_invites(&Filter::everything(), &FindConfig::default()).await.unwrap(), []);
    assert_eq!(folder.mails().len(), 0);
}
