//! Files that are not what they should be: a message that says where, and nothing changed.

use vestibule_testing::on_both_engines;
use vestibule_transfer::{Kind, Map, Report, SourceOptions};

use crate::support::Site;

on_both_engines!(
    what_is_no_table_changes_nothing_and_says_where,
    what_is_no_document_changes_nothing_and_says_where,
    tables_of_any_editor_are_read,
    a_report_has_no_formulas,
    nul_in_a_document_stops_no_other_row,
);

async fn what_is_no_table_changes_nothing_and_says_where(site: Site) {
    let nothing = site.rows().await;
    let many = "email,".repeat(10_000_000);
    for (content, expected) in [
        (&b""[..], "line 1, column 1: the file is empty"),
        (b"name,phone\nAda,1\n", "line 1, column 1: no column is called email"),
        (b"email,name\nada@example.com,Ada\nbob@exam", "line 3, column 2: there are 1 cells, and the first line has 2"),
        (b"email,name\nada@example.com,\"Ada\nbob@example.com,Bob\n", "line 2, column 2: a quote is not closed"),
        (b"email,name\nada@example.com,M\xfcller\n", "line 2, column 2: this is not UTF-8"),
        (b"email,name\r\nada@example.com,Ada\r\nb@example.com,M\xfcller\r\n", "line 3, column 2: this is not UTF-8"),
        (b"email,name\r\nada@example.com,Ada\r\nbob@example.com\r\n", "line 3, column 2: there are 1 cells"),
        (b"e\0m\0a\0i\0l\0\n", "line 1, column 1: there is a NUL"),
        (b"email,name\nada@example.com,A\0da\n", "line 2, column 2: there is a NUL"),
        (many.as_bytes(), "16 MiB"),
        ("email,".repeat(2_000).as_bytes(), "line 1, column 1: there are 2001 columns"),
    ] {
        let source = site.csv(content);
        match site.try_import(&source, Default::default()).await {
            Err(refused) => {
                assert!(refused.is_usage() && refused.to_string().contains(expected), "{expected}: {refused}");
            }
            Ok(summary) => panic!("{expected}: {summary:?}"),
        }
        assert_eq!(site.rows().await, nothing, "{expected}");
    }
    for missing in ["no/such/file.csv", "."] {
        let source = SourceOptions::new(Kind::Csv, missing);
        assert!(site.try_import(&source, Default::default()).await.unwrap_err().is_usage(), "{missing}");
    }
}

async fn what_is_no_document_changes_nothing_and_says_where(site: Site) {
    let nothing = site.rows().await;
    let deep = format!("{{\"users\": [{{\"email\": \"ada@example.com\", \"x\": {}", "[".repeat(1_000_000));
    let elsewhere = format!("{{\"other\": {}{}, \"users\": [}}", "[".repeat(100_000), "]".repeat(100_000));
    for (content, expected) in [
        (&b"{\"users\": [{\"email\": \"ada@example.com\"}, {\"email\": \"bob@exa"[..], "line 1, column "),
        (b"{\"users\":\n [{\"email\": \"M\xfcller\"}]}", "line 2, column "),
        (b"email,name\n", "line 1, column 1"),
        (b"{\"people\": []}", "there is no list of users in it"),
        (b"{\"users\": [1]}", "line 1, column "),
        (deep.as_bytes(), "recursion limit exceeded"),
        (elsewhere.as_bytes(), "line 1, column "),
    ] {
        let source = SourceOptions::new(Kind::Keycloak, site.file("realm.json", content));
        let refused = site.try_import(&source, Default::default()).await.unwrap_err();
        assert!(refused.is_usage() && refused.to_string().contains(expected), "{expected}: {refused}");
        assert_eq!(site.rows().await, nothing, "{expected}");
    }
    let lines = site.file("users.json", "{\"email\": \"ada@example.com\"}\n\n{\"email\": }\n");
    let refused = site.try_import(&SourceOptions::new(Kind::Auth0, lines), Default::default()).await.unwrap_err();
    assert!(refused.to_string().contains("line 3, column 11"), "{refused}");
    assert_eq!(site.rows().await, nothing);
}

async fn tables_of_any_editor_are_read(site: Site) {
    let source = site.csv("\u{feff}E-Mail;First Name;Phone\r\nada@example.com;Ada;+44 20 7946 0000\r\n");
    assert_eq!(site.import(&source).await.count("user", "created"), 1);
    let ada = site.user("ada@example.com").await.unwrap();
    assert_eq!((ada.first_name.as_deref(), ada.phone.as_deref()), (Some("Ada"), Some("+44 20 7946 0000")));

    let mut source = site.csv("Adresse\tRolle\nbob@example.com\tchef, niemand\n");
    source.map =
        Map::read(r#"{"columns": {"email": "Adresse", "roles": "Rolle"}, "roles": {"chef": "role_super_admin"}}"#)
            .unwrap();
    assert_eq!(site.import(&source).await.count("user", "created"), 1);
    let bob = site.user("bob@example.com").await.unwrap();
    let roles = site.flows.rbac().role_ids_of(&site.database, &bob.id.to_string()).await.unwrap();
    assert_eq!(roles.iter().map(ToString::to_string).collect::<Vec<_>>(), ["role_super_admin"]);

    for (map, expected) in [
        (r#"{"columns": {"email": "Mail"}}"#, "no column \"Mail\""),
        (r#"{"columns": {"color": "Rolle"}}"#, "\"color\""),
        (r#"{"roles": {"chef": "role_nothing"}}"#, "no such roles: role_nothing"),
    ] {
        source.map = Map::read(map).unwrap();
        let refused = site.try_import(&source, Default::default()).await.unwrap_err();
        assert!(refused.is_usage() && refused.to_string().contains(expected), "{refused}");
    }
    for wrong in ["", "{", "[]", r#"{"colums": {}}"#, r#"{"roles": {"chef": "admin"}}"#] {
        assert!(Map::read(wrong).is_err(), "{wrong}");
    }
}

async fn a_report_has_no_formulas(site: Site) {
    let report = site.file("report.csv", "");
    let source = site.csv("email,name\n\"=HYPERLINK(\"\"http://x\"\")\",Ada\n+1@example.com,Eve\n\u{200b}=1,Zoe\n＝1,Zoe\n\u{200b}bob@example.com,Bob\n");
    let writer = std::fs::File::create(&report).unwrap();
    let mut written = Report::to(writer).unwrap();
    site.importer(Default::default()).run(&source, &mut written, &mut vestibule_transfer::Quiet).await.unwrap();
    drop(written);
    let mut table = csv::Reader::from_path(&report).unwrap();
    let cells: Vec<String> = table.records().map(|row| row.unwrap()[3].to_owned()).collect();
    assert_eq!(
        cells,
        ["'=HYPERLINK(\"http://x\")", "'+1@example.com", "'\u{200b}=1", "'＝1", "\u{200b}bob@example.com"]
    );
}

/// A NUL is a text in JSON, and none in PostgreSQL.
async fn nul_in_a_document_stops_no_other_row(site: Site) {
    let users = r#"{"users": [
        {"id": "1", "username": "ada", "email": "ada@example.com", "firstName": "A\u0000da", "attributes": {"a": ["x\u0000y"]}},
        {"id": "2", "username": "eve", "email": "e\u0000ve@example.com"},
        {"id": "3\u0000", "username": "b\u0000ob", "email": "bob@example.com", "realmRoles": ["r\u0000"],
         "federatedIdentities": [{"identityProvider": "google", "userId": "1\u00002", "userName": "b\u0000ob"}]},
        {"id": "4", "username": "zoe", "email": "zoe@example.com"}]}"#;
    let source = SourceOptions::new(Kind::Keycloak, site.file("realm.json", users));
    let (done, lines) = site.import_fully(&source).await;
    assert_eq!((done.count("user", "created"), done.count("user", "left_out")), (3, 1), "{lines:?}");
    assert!(lines.iter().flatten().all(|cell| !cell.contains('\0')), "{lines:?}");
    for (email, detail) in [
        ("ada@example.com", "metadata was left out: metadata has a NUL character; first_name could not be stored"),
        ("e\u{fffd}ve@example.com", "the address is refused"),
        ("bob@example.com", "a sign-in method was left out: its name has a NUL character"),
    ] {
        assert!(lines.iter().any(|line| line[3] == email && line[5].contains(detail)), "{email}: {lines:?}");
    }
    assert_eq!(site.methods_of("bob@example.com").await, <[&str; 0]>::default());
}
