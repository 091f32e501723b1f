//! Supabase: the schema `auth` of its database.

use totp_rs::Secret;
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_transfer::{Kind, Map, SourceOptions};

use crate::support::{Site, fixture, postgres_of};

on_both_engines!(users_of_postgres_sign_in_with_their_passwords_and_codes);

/// The database, as Supabase Auth makes it.
async fn supabase() -> (TestDatabase, SourceOptions) {
    let place = postgres_of(&std::fs::read_to_string(fixture("supabase.sql")).unwrap()).await;
    let source = of(place.url());
    (place, source)
}

fn of(location: String) -> SourceOptions {
    let mut source = SourceOptions::new(Kind::Supabase, location);
    source.map = Map::read(r#"{"roles": {"editor": "role_super_admin"}}"#).unwrap();
    source
}

async fn check(site: &Site, source: &SourceOptions) {
    let (done, lines) = site.import_fully(source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (9, 3), "{lines:?}");
    for (email, password) in [
        ("bcrypt@example.com", "Lantern-quarry-77"),
        ("argon@example.com", "pässwörd mit Ümlaut"),
        ("fbscrypt@example.com", "four 🔐 keys"),
        ("free-again@example.com", "Lantern-quarry-77"),
    ] {
        site.adopts(email, password).await;
    }
    assert!(!site.signs_in("banned@example.com", "Lantern-quarry-77").await);
    let code = site.code(Secret::try_from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap());
    assert_eq!(site.passes("totp@example.com", "Granite-cinder-44", "totp", "000000").await, Some(false));
    assert_eq!(site.passes("totp@example.com", "Granite-cinder-44", "totp", &code).await, Some(true));

    let user = site.user("bcrypt@example.com").await.unwrap();
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Łukasz"), Some("Żółć")));
    assert_eq!(user.avatar_url.as_deref(), Some("https://example.com/l.png"));
    assert_eq!(user.phone.as_deref(), Some("+442079460000"), "stored there without the plus");
    assert_eq!(user.created_at.to_string(), "2025-03-02T10:00:00.123Z");
    assert_eq!(user.metadata.unwrap().as_object()["supabase_id"], "3b1f0c00-0000-4000-8000-000000000001");
    assert_eq!(site.roles_of("bcrypt@example.com").await, ["role_super_admin"]);
    assert_eq!(site.methods_of("google@example.com").await, ["google 113906044581873933932"]);
    let note = site.user("argon@example.com").await.unwrap().metadata.unwrap();
    assert_eq!(
        note.as_object()["user_metadata"]["note"],
        "tab\there, line\nbreak, back\\slash, quote ' and \u{fc}mlaut"
    );
    for (person, detail) in [
        ("3b1f0c00-0000-4000-8000-000000000007", "no e-mail address"),
        ("3b1f0c00-0000-4000-8000-000000000008", "no e-mail address"),
        ("3b1f0c00-0000-4000-8000-000000000011", "second factor cannot be read"),
    ] {
        assert!(lines.iter().any(|line| line[2] == person && line[5].contains(detail)), "{person}: {lines:?}");
    }
    assert!(
        lines.iter().any(|line| line[3] == "phone-factor@example.com" && line[5].contains("kind phone")),
        "{lines:?}"
    );
    let deleted: i64 =
        site.database.query_scalar("SELECT count(*) FROM users WHERE deleted_at IS NOT NULL", &[]).await.unwrap();
    assert_eq!(deleted, 1);
    let verified = "SELECT count(*) FROM auth_verifications WHERE verified_at IS NOT NULL AND entity_id = $1";
    for (email, number) in [("bcrypt@example.com", 1), ("argon@example.com", 0)] {
        assert_eq!(site.database.query_scalar::<i64>(verified, &[email.into()]).await.unwrap(), number, "{email}");
    }
}

async fn users_of_postgres_sign_in_with_their_passwords_and_codes(site: Site) {
    let (_place, source) = supabase().await;
    check(&site, &source).await;
}
