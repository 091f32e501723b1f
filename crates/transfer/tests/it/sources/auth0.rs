//! Auth0: the export of users, and that of password hashes, which its support sends.

use vestibule_testing::on_both_engines;
use vestibule_transfer::{ImportOptions, Kind, Map, OnConflict, SourceOptions};

use crate::support::{Site, fixture};

on_both_engines!(users_sign_in_with_their_passwords, hashes_that_are_sent_later_are_added);

fn users() -> SourceOptions {
    let mut source = SourceOptions::new(Kind::Auth0, fixture("auth0-users.ndjson"));
    source.map = Map::read(r#"{"roles": {"editor": "role_super_admin"}}"#).unwrap();
    source
}

async fn users_sign_in_with_their_passwords(site: Site) {
    let (done, lines) = site.import_fully(&users()).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (5, 1), "{done:?}");
    assert!(lines.iter().any(|line| line[2] == "sms|1" && line[5].contains("no e-mail address")), "{lines:?}");
    site.adopts("bcrypt@example.com", "Lantern-quarry-77").await;
    site.adopts("old@example.com", "pässwörd mit Ümlaut").await;
    assert!(!site.signs_in("blocked@example.com", "four 🔐 keys").await);
    assert!(site.user("blocked@example.com").await.unwrap().locked_at.is_some());

    let ada = site.user("bcrypt@example.com").await.unwrap();
    assert_eq!((ada.first_name.as_deref(), ada.last_name.as_deref()), (Some("Ada"), Some("Umberfield")));
    assert_eq!(ada.created_at.to_string(), "2024-05-01T10:00:00.123Z");
    let metadata = ada.metadata.unwrap();
    assert_eq!(metadata.as_object()["auth0_id"], "auth0|653000000000000000000001");
    assert_eq!(metadata.as_object()["user_metadata"]["theme"], "dark");
    assert_eq!(site.roles_of("bcrypt@example.com").await, ["role_super_admin"]);
    assert_eq!(site.methods_of("google@example.com").await, ["google 113906044581873933933"]);
}

async fn hashes_that_are_sent_later_are_added(site: Site) {
    site.import(&users()).await;
    assert!(!site.signs_in("later@example.com", "Granite-cinder-44").await);
    let hashes = SourceOptions::new(Kind::Auth0, fixture("auth0-hashes.ndjson"));
    let mut options = ImportOptions::default();
    options.on_conflict = OnConflict::Update;
    let done = site.try_import(&hashes, options.clone()).await.unwrap();
    assert_eq!((done.count("user", "updated"), done.count("user", "created")), (1, 0), "{done:?}");
    site.adopts("later@example.com", "Granite-cinder-44").await;
    let again = site.try_import(&hashes, options).await.unwrap();
    assert_eq!((again.count("user", "updated"), again.count("user", "exists")), (0, 1), "{again:?}");
}
