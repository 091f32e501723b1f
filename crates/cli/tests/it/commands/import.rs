//! `vestibule import` and `vestibule export`: what is printed, and how they end. What is imported from where is tested in
//! `crates/transfer`.

use vestibule_testing::on_both_engines;

use crate::support::Place;

on_both_engines!(
    a_table_is_tried_imported_listed_and_undone,
    bad_files_end_with_2_and_say_where,
    an_export_for_spreadsheets_is_not_read_back,
);

async fn a_table_is_tried_imported_listed_and_undone(place: Place) {
    place.ok("migrate").await;
    place.write("people.csv", "email,first_name\nada@example.com,Ada\nno address,Eve\n,Bob\n");
    let tried = place.run("import people.csv --from csv --refused skip --dry-run --json").await.json();
    assert_eq!(tried["counts"]["user"], serde_json::json!({ "created": 1, "left_out": 2 }));
    assert_eq!((&tried["import"], &tried["dry_run"]), (&serde_json::Value::Null, &true.into()));
    assert!(place.ok("user list").await.contains("No users"));
    let tried = place.ok("import people.csv --from csv --refused skip --dry-run").await;
    assert!(tried.contains("`--report FILE` has a line for each row"), "{tried}");

    let done = place.ok("import people.csv --from csv --refused skip --report report.csv").await;
    let report = std::fs::read_to_string(place.path().join("report.csv")).unwrap();
    assert!(report.starts_with("place,kind,id,address,result,detail\nline 2,user,user_"), "{report}");
    assert_eq!(report.lines().filter(|line| line.contains(",left_out,")).count(), 2, "{report}");
    assert!(!done.contains("--report"), "{done}");
    let id = done.split_whitespace().find(|word| word.starts_with("import_")).unwrap().trim_end_matches('.').to_owned();
    assert!(place.ok("user list").await.contains("ada@example.com"));
    let again = place.run("import people.csv --from csv --refused skip --json").await.json();
    assert_eq!(again["counts"]["user"], serde_json::json!({ "exists": 1, "left_out": 2 }));
    let listed = place.run("import list --json").await.json();
    assert_eq!(listed["imports"].as_array().unwrap().len(), 2);
    assert!(place.ok(&format!("import undo {id}")).await.starts_with("Undone: 1 users"));
    assert!(place.ok("user list").await.contains("No users"));
    assert!(place.run(&format!("import undo {id}")).await.failed(1).contains("undone already"));
}

async fn bad_files_end_with_2_and_say_where(place: Place) {
    place.ok("migrate").await;
    place.write("cut.csv", "email,name\nada@example.com,Ada\nbob@exam");
    place.write("cut.json", "{\"users\": [{\"email\": \"ada@example.com\"}, {");
    place.write("cut.sql", "COPY auth.users (id, email) FROM stdin;\n1\tada@example.com\n");
    for (arguments, expected) in [
        ("import cut.csv --from csv", "cut.csv, line 3, column 2: there are 1 cells"),
        ("import cut.json --from keycloak", "cut.json, line 1, column "),
        ("import cut.sql --from supabase", "cut.sql, line 3, column 1: the file ends within the rows of a table"),
        ("import missing.csv --from csv", "missing.csv: "),
        ("import cut.csv --from medusa", "postgres://"),
        ("import cut.csv --from csv --map missing.json", "--map missing.json"),
        ("import cut.csv --from csv --role role_missing", "no such roles: role_missing"),
    ] {
        let message = place.run(arguments).await.failed(2);
        assert!(message.contains(expected), "{arguments}: {message}");
    }
    assert!(place.ok("user list").await.contains("No users"));
    assert!(place.ok("import list").await.contains("There are no imports."));
}

async fn an_export_for_spreadsheets_is_not_read_back(place: Place) {
    place.create_user("ada@example.com").await;
    place.ok("export --format csv --out everything.csv").await;
    let message = place.run("import everything.csv --from vestibule").await.failed(2);
    assert!(message.contains("export again with --format jsonl --with-hashes"), "{message}");
    place.ok("export --format jsonl --with-hashes --out everything.jsonl").await;
    let counts = place.run("import everything.jsonl --from vestibule --json").await.json()["counts"].clone();
    assert_eq!(counts["user"], serde_json::json!({ "exists": 1 }), "{counts}");
}
