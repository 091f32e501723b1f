//! Keycloak: a realm, and the file of some of its users.

use totp_rs::Secret;
use vestibule_testing::on_both_engines;
use vestibule_transfer::{Kind, Map, SourceOptions};

use crate::support::{Site, fixture};

on_both_engines!(
    users_of_a_realm_sign_in_with_their_passwords_and_codes,
    a_file_of_users_is_read_alone,
    what_cannot_be_kept_of_a_realm_is_named,
    a_list_of_realms_is_refused,
);

fn realm() -> SourceOptions {
    let mut source = SourceOptions::new(Kind::Keycloak, fixture("keycloak-realm.json"));
    let roles = r#"{"roles": {"admin": "role_super_admin", "/staff/editors": "role_super_admin", "shop/manager": "role_super_admin"}}"#;
    source.map = Map::read(roles).unwrap();
    source
}

async fn users_of_a_realm_sign_in_with_their_passwords_and_codes(site: Site) {
    let (done, _) = site.import_fully(&realm()).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (8, 2), "{done:?}");
    for (email, password) in [
        ("argon@example.com", "Lantern-quarry-77"),
        ("sha256@example.com", "pässwörd mit Ümlaut"),
        ("key@example.com", "pässwörd mit Ümlaut"),
    ] {
        site.adopts(email, password).await;
    }
    assert!(!site.signs_in("sha512@example.com", "four 🔐 keys").await, "not enabled there, locked here");
    let locked = site.user("sha512@example.com").await.unwrap();
    assert!(locked.locked_at.is_some());
    site.flows.unlock_user(locked.id, &vestibule_flows::Context::operator()).await.unwrap();
    assert!(site.signs_in("sha512@example.com", "four 🔐 keys").await);
    assert!(!site.signs_in("sha512@example.com", "four 🔐 key").await);
    assert!(site.hash("sha512@example.com").await.starts_with("$argon2id$v=19$m="));

    let code = site.code(Secret::try_from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap());
    assert_eq!(site.passes("otp@example.com", "Granite-cinder-44", "totp", "000000").await, Some(false));
    assert_eq!(site.passes("otp@example.com", "Granite-cinder-44", "totp", &code).await, Some(true));
    assert_eq!(site.passes("otp@example.com", "Granite-cinder-45", "totp", &code).await, None);
    let code = site.code(Secret::from(b"twenty random bytes!".to_vec()));
    assert_eq!(site.passes("raw-otp@example.com", "Lantern-quarry-77", "totp", &code).await, Some(true));

    let ada = site.user("argon@example.com").await.unwrap();
    assert_eq!((ada.first_name.as_deref(), ada.last_name.as_deref()), (Some("Ada"), Some("Umberfield")));
    assert_eq!(ada.created_at.as_milliseconds(), 1_690_000_001_000);
    let metadata = ada.metadata.unwrap();
    assert_eq!(metadata.as_object()["attributes"]["department"][0], "Käse");
    assert_eq!(metadata.as_object()["keycloak_id"], "5f2d0c6e-0000-4000-8000-000000000001");
    assert_eq!(site.roles_of("argon@example.com").await, ["role_super_admin"]);
    assert_eq!(site.roles_of("sha256@example.com").await, <[&str; 0]>::default());
    assert_eq!(site.roles_of("otp@example.com").await, ["role_super_admin"], "the role of a client");
    assert_eq!(site.methods_of("linked@example.com").await, ["google 113906044581873933931"]);
}

async fn a_file_of_users_is_read_alone(site: Site) {
    let source = SourceOptions::new(Kind::Keycloak, fixture("keycloak-users-0.json"));
    assert_eq!(site.import_fully(&source).await.0.count("user", "created"), 1);
    site.adopts("alone@example.com", "Lantern-quarry-77").await;
}

async fn what_cannot_be_kept_of_a_realm_is_named(site: Site) {
    let (_, lines) = site.import_fully(&realm()).await;
    let line = |address: &str| lines.iter().find(|line| line[3] == address).unwrap();
    for (address, result, detail) in [
        ("hotp@example.com", "left_out", "second factor cannot be read"),
        ("key@example.com", "created", "kind webauthn was left out"),
        ("dear@example.com", "created", "costs too much to check"),
        ("sha256@example.com", "created", "the role \"shop/editor\" was left out"),
        ("argon@example.com", "created", "the role \"default-roles-shop\" was left out"),
    ] {
        let line = line(address);
        assert!(line[4] == result && line[5].contains(detail), "{line:?}");
    }
    // Old passwords are no loss.
    assert!(!line("otp@example.com")[5].contains("account/"), "{lines:?}");
    assert!(!line("sha256@example.com")[5].contains("password"), "{lines:?}");
    assert!(lines.iter().any(|line| line[2] == "svc" && line[5].contains("no e-mail address")), "{lines:?}");
    assert!(!site.signs_in("dear@example.com", "pässwörd mit Ümlaut").await);
}

async fn a_list_of_realms_is_refused(site: Site) {
    let realm = std::fs::read_to_string(fixture("keycloak-users-0.json")).unwrap();
    let source = SourceOptions::new(Kind::Keycloak, site.file("realms.json", format!("[{realm}, {realm}]")));
    let refused = site.try_import(&source, Default::default()).await.unwrap_err();
    assert!(refused.is_usage() && refused.to_string().contains("export one realm"), "{refused}");
}
