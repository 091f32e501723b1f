//! Supabase: the schema `auth` of its database, and dumps of it by pg_dump 15.

use totp_rs::Secret;
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_transfer::{Kind, Map, SourceOptions};

use crate::support::{Site, fixture, postgres_of};

on_both_engines!(
    users_of_postgres_sign_in_with_their_passwords_and_codes,
    a_dump_is_read_like_its_database,
    a_dump_of_inserts_is_read_like_its_database,
    an_interrupted_dump_continues_to_the_same_result,
    what_is_no_dump_changes_nothing_and_says_where,
);

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

/// With a function and a row of another table that look like statements of users.
async fn a_dump_is_read_like_its_database(site: Site) {
    check(&site, &of(fixture("supabase-copy.sql"))).await;
}

/// As Supabase's own command line writes it: names in quotes, many rows in a statement.
async fn a_dump_of_inserts_is_read_like_its_database(site: Site) {
    check(&site, &of(fixture("supabase-inserts.sql"))).await;
}

async fn an_interrupted_dump_continues_to_the_same_result(site: Site) {
    let whole = std::fs::read_to_string(fixture("supabase-copy.sql")).unwrap();
    let (before, rest) = whole.split_once("COPY auth.users (instance_id").unwrap();
    let (head, rest) = rest.split_once('\n').unwrap();
    let mut many = format!("{before}COPY auth.users (instance_id{head}\n");
    let columns = head.matches(',').count() + 1;
    for row in 0..3_000 {
        let mut cells = vec!["\\N".to_owned(); columns];
        cells[1] = format!("4b1f0c00-0000-4000-8000-{row:012}");
        cells[4] = format!("person{row}@example.com");
        many.push_str(&format!("{}\n", cells.join("\t")));
    }
    let source = of(site.file("many.sql", many + rest));
    site.stop_import(&source, 2_000).await;
    let done = site.import(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "exists")), (3_009, 0), "{done:?}");
    assert_eq!(site.methods_of("google@example.com").await, ["google 113906044581873933932"]);
}

async fn what_is_no_dump_changes_nothing_and_says_where(site: Site) {
    let nothing = site.rows().await;
    let copy = std::fs::read_to_string(fixture("supabase-copy.sql")).unwrap();
    let inserts = std::fs::read_to_string(fixture("supabase-inserts.sql")).unwrap();
    let part = |text: &str, end: &str| text.split_once(end).unwrap().0.to_owned() + end;
    for (content, expected) in [
        (String::new(), "there is no row of auth.users"),
        ("email,name\nada@example.com,Ada\n".to_owned(), "line 3, column 1: the file ends within a statement"),
        (part(&copy, "argon@example.com"), "column 1: "),
        (part(&copy, "totp@example.com\t"), "values for"),
        (part(&inserts, "'argon@example.com'"), "the file ends within the rows of a table"),
        (part(&inserts, "'argon@example"), "the file ends within the rows of a table"),
        (copy.replace("\tauthenticated\tauthenticated\targon@", "\tauthenticated\targon@"), "values for"),
        (inserts.replace("'argon@example.com'", "argon@example.com"), "a value of this row cannot be read"),
        (
            "INSERT INTO auth.users VALUES (1, 'ada@example.com');\n".to_owned(),
            "line 1, column 1: this INSERT does not name",
        ),
        ("COPY auth.users (id, email) FROM '/tmp/x';\n".to_owned(), "line 1, column 1: this COPY reads another file"),
        ("PGDMP\u{1}\u{e}".to_owned(), "pg_restore --schema auth"),
        ("toc.dat\0\0".to_owned(), "this is an archive"),
    ] {
        refused(&site, content.as_bytes(), expected).await;
    }
    let utf8 = copy.replace("free-again@example.com", "fr\u{fc}h@example.com");
    let latin1: Vec<u8> = utf8.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    refused(&site, &latin1, "this is not UTF-8").await;
    refused(
        &site,
        &[b"SELECT '", &b"x".repeat(17 << 20)[..]].concat(),
        "line 1, column 1: one row has more than 16 MiB",
    )
    .await;
    assert_eq!(site.rows().await, nothing);

    // A dump of everything names the columns where it creates the tables; one for another system has other ends of lines.
    let created = "CREATE TABLE auth.users (\r\n    id uuid NOT NULL,\r\n    email text,\r\n    CONSTRAINT x CHECK (true)\r\n);\r\n\
                   INSERT INTO auth.users VALUES ('4b1f0c00-0000-4000-8000-000000000001', 'ada@example.com') ON CONFLICT DO NOTHING;\r\n";
    assert_eq!(site.import(&of(site.file("created.sql", created))).await.count("user", "created"), 1);
    let copied =
        "COPY auth.users (id, email) FROM stdin;\r\n4b1f0c00-0000-4000-8000-000000000002\tbob@example.com\r\n\\.\r\n";
    assert_eq!(site.import(&of(site.file("copied.sql", copied))).await.count("user", "created"), 1);
    assert!(site.user("bob@example.com").await.is_some());
}

async fn refused(site: &Site, content: &[u8], expected: &str) {
    let refused = site.try_import(&of(site.file("dump.sql", content)), Default::default()).await.unwrap_err();
    assert!(refused.is_usage() && refused.to_string().contains(expected), "{expected}: {refused}");
}
