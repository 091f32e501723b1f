//! better-auth 1.7.25: a SQLite file that it has made, and the same in PostgreSQL.

use totp_rs::Secret;
use vestibule_testing::on_both_engines;
use vestibule_transfer::{Kind, Map, SourceOptions};

use crate::support::{Site, fixture, load, postgres_of};

on_both_engines!(
    users_of_a_sqlite_file_sign_in,
    users_of_a_postgres_database_sign_in,
    the_secret_is_needed_and_must_be_right,
);

const SECRET: &str = "ba-fixture-secret-0123456789abcdef0123456789";

/// The statements, without those that a program for SQLite writes around them.
fn script() -> String {
    let script = std::fs::read_to_string(fixture("better-auth.sql")).unwrap();
    let lines =
        script.lines().filter(|line| !line.starts_with("PRAGMA") && !line.starts_with("BEGIN") && *line != "COMMIT;");
    let script: String = lines.map(|line| format!("{line}\n")).collect();
    script
        + "UPDATE \"user\" SET banned = 1, \"banExpires\" = '2026-11-01T00:00:00.000Z' WHERE email = 'spaced@example.org';\n"
}

/// The same with the types that better-auth gives its columns in PostgreSQL.
fn script_for_postgres() -> String {
    let mut script = script().replace(" date", " text").replace("INSERT INTO user ", "INSERT INTO \"user\" ");
    script = script.replace("INSERT INTO twoFactor ", "INSERT INTO \"twoFactor\" ");
    for (table, column) in
        [("user", "emailVerified"), ("user", "twoFactorEnabled"), ("user", "banned"), ("twoFactor", "verified")]
    {
        script.push_str(&format!("ALTER TABLE \"{table}\" ALTER \"{column}\" TYPE boolean USING \"{column}\" <> 0;\n"));
    }
    for (table, column) in
        [("user", "createdAt"), ("user", "updatedAt"), ("user", "banExpires"), ("account", "createdAt")]
    {
        script.push_str(&format!(
            "ALTER TABLE \"{table}\" ALTER \"{column}\" TYPE timestamptz USING \"{column}\"::timestamptz;\n"
        ));
    }
    script
}

async fn sqlite_file(site: &Site) -> SourceOptions {
    let path = site.file("better-auth.db", "");
    let database = vestibule_database::Database::open(&format!("sqlite://{path}").parse().unwrap()).await.unwrap();
    load(&database, &script()).await;
    of(path)
}

fn of(location: String) -> SourceOptions {
    let mut source = SourceOptions::new(Kind::BetterAuth, location);
    source.auth_secret = Some(SECRET.to_owned());
    source.map = Map::read(r#"{"roles": {"admin": "role_super_admin", "user": []}}"#).unwrap();
    source
}

async fn check(site: &Site, source: &SourceOptions) {
    let (done, lines) = site.import_fully(source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (20, 0), "{done:?}");
    for (email, password) in [
        ("ada.umberfield@example.com", "Quarry-lantern-1815"),
        ("zoe+shop@example.com", "pässwörd-mit-ümlaut"),
        ("lukasz@example.org", "8 chars!"),
    ] {
        site.adopts(email, password).await;
    }
    // The same letters in the other form of Unicode: there, too, it is one password.
    assert!(site.signs_in("renee.astrom@example.com", "pa\u{308}sswo\u{308}rd-mit-u\u{308}mlaut").await);
    assert!(site.user("noname@example.com").await.unwrap().locked_at.is_some(), "banned there");
    assert!(site.user("spaced@example.org").await.unwrap().locked_at.is_none(), "the ban is over");
    assert_eq!(site.roles_of("ada.umberfield@example.com").await, ["role_super_admin"]);
    assert_eq!(site.roles_of("lukasz@example.org").await, <[&str; 0]>::default());
    let ada = site.user("ada.umberfield@example.com").await.unwrap();
    assert_eq!((ada.first_name.as_deref(), ada.last_name.as_deref()), (Some("Ada"), Some("Umberfield")));
    assert_eq!(ada.created_at.to_string(), "2026-11-28T21:45:47.186Z");
    assert_eq!(ada.metadata.unwrap().as_object()["better_auth_id"], "hylSXPXNO5Kr6bszqLZ2gUOolFCNdeyA");

    let unverified = lines.iter().find(|line| line[3] == "person13@example.com").unwrap();
    assert!(unverified[5].contains("never verified"), "{unverified:?}");
    let secrets: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(fixture("better-auth.json")).unwrap()).unwrap();
    for person in secrets.as_array().unwrap() {
        let of = |name: &str| person[name].as_str().unwrap();
        let code = site.code(Secret::try_from_base32(of("totp")).unwrap());
        let (email, password) = (of("email"), of("password"));
        assert_eq!(site.passes(email, password, "totp", "000000").await, Some(false), "{email}");
        assert_eq!(site.passes(email, password, "totp", &code).await, Some(true), "{email}");
        assert_eq!(site.passes(email, password, "recovery_code", of("backup_code")).await, Some(true), "{email}");
        assert_eq!(
            site.passes(email, password, "recovery_code", of("backup_code")).await,
            Some(false),
            "{email}: once"
        );
    }
}

async fn users_of_a_sqlite_file_sign_in(site: Site) {
    let source = sqlite_file(&site).await;
    let before = std::fs::read(&source.location).unwrap();
    check(&site, &source).await;
    assert!(std::fs::read(&source.location).unwrap() == before, "the file is only read");
    assert!(!std::path::Path::new(&format!("{}-wal", source.location)).exists());
}

async fn the_secret_is_needed_and_must_be_right(site: Site) {
    let (mut source, nothing) = (sqlite_file(&site).await, site.rows().await);
    source.auth_secret = None;
    let refused = site.try_import(&source, Default::default()).await.unwrap_err();
    assert!(refused.is_usage() && refused.to_string().contains("BETTER_AUTH_SECRET"), "{refused}");
    assert_eq!(site.rows().await, nothing);
    source.auth_secret = Some("another".to_owned());
    let done = site.import(&source).await;
    assert_eq!(
        (done.count("user", "created"), done.count("user", "left_out")),
        (17, 3),
        "no one loses a second factor"
    );
    // With the right one, those who were left out follow.
    source.auth_secret = Some(SECRET.to_owned());
    let done = site.import(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "exists")), (3, 17));
}

async fn users_of_a_postgres_database_sign_in(site: Site) {
    let place = postgres_of(&script_for_postgres()).await;
    check(&site, &of(place.url())).await;
}
