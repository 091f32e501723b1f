//! `vestibule backup` and `vestibule restore`

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use serde_json::json;
use tokio::task::JoinSet;
use vestibule::database::values;

use crate::support::Place;
use crate::support::rows::execute;

/// A backup of a server that is being written to, restored elsewhere: everything that was acknowledged before it, whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_made_while_others_write_and_is_restored_elsewhere() {
    let place = Place::sqlite();
    let (server, admin) = place.serve_admin().await;
    drop(admin);
    let token: Arc<str> = server.token_of("admin@example.com").await.into();
    for number in 0..20 {
        let email = format!("before-{number}@example.com");
        server.client().with_token(&token).post("/admin/invites", json!({ "email": email })).await.ok();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for client in 0..16 {
        let (stop, mut admin) = (Arc::clone(&stop), server.client().with_token(&token));
        load.spawn(async move {
            let mut number = 0_u32;
            while !stop.load(SeqCst) || number == 0 {
                let email = format!("load-{client}-{number}@example.com");
                admin.post("/admin/invites", json!({ "email": email })).await.ok();
                number += 1;
            }
        });
    }
    for number in 0..3 {
        let printed = place.ok(&format!("backup --out copy-{number}.db")).await;
        assert!(printed.starts_with(&format!("copy-{number}.db is a copy of the database, ")), "{printed}");
    }
    stop.store(true, SeqCst);
    load.join_all().await;
    let mode = fs::metadata(place.path().join("copy-2.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only the owner may read it");
    let copies: Vec<String> = place.files(".").into_iter().filter(|name| name.starts_with("copy-")).collect();
    assert_eq!(copies, ["copy-0.db", "copy-1.db", "copy-2.db"], "nothing unfinished, and no log");

    let elsewhere = Place::sqlite();
    let copy = place.path().join("copy-2.db");
    let restored = elsewhere.ok(&format!("restore {}", copy.display())).await;
    assert!(restored.starts_with("The database data/vestibule.db is that of "), "{restored}");
    let server = elsewhere.serve().await;
    let mut admin = server.sign_in("admin@example.com").await;
    let invites = admin.get("/admin/invites?q=before-&limit=100").await.ok();
    assert_eq!(invites["count"], 20);
    let first = admin.get("/admin/invites?limit=1").await.ok()["count"].as_u64().unwrap();
    assert!(first > 20, "it has what was written while it was made, up to one moment");
    admin.post("/admin/invites", json!({ "email": "after@example.com" })).await.ok();
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let place = Place::sqlite();
    place.create_user("ada@example.com").await;
    place.ok("backup --out copy.db").await;
    let before = fs::read(place.path().join("copy.db")).unwrap();
    let refused = place.run("backup --out copy.db").await.failed(2);
    assert_eq!(refused, "copy.db is there already: name another file, or move it away");
    assert_eq!(fs::read(place.path().join("copy.db")).unwrap(), before);

    place.create_user("grace@example.com").await;
    let refused = place.run("restore copy.db").await.failed(1);
    assert_eq!(
        refused,
        "data/vestibule.db is there, and nothing was changed: stop the server, move the database away (with its -wal and \
         -shm), and run this again"
    );
    assert_eq!(place.run("user list --json").await.json()["count"], 2);
    // The log of another database would be taken for its own.
    fs::rename(place.path().join("data/vestibule.db"), place.path().join("away.db")).unwrap();
    fs::write(place.path().join("data/vestibule.db-wal"), b"another's").unwrap();
    let refused = place.run("restore copy.db").await.failed(1);
    assert!(refused.starts_with("data/vestibule.db-wal is there, and nothing was changed: "), "{refused}");
    fs::remove_file(place.path().join("data/vestibule.db-wal")).unwrap();
    place.ok("restore copy.db").await;
    assert_eq!(place.run("user list --json").await.json()["count"], 1);
}

#[tokio::test]
async fn a_backup_is_checked() {
    let place = Place::sqlite();
    place.create_user("ada@example.com").await;
    place.ok("backup --out copy.db").await;
    let checked = place.ok("restore copy.db --check").await;
    assert!(checked.starts_with("copy.db is whole, ") && checked.ends_with("kB.\n"), "{checked}");
    let whole = fs::read(place.path().join("copy.db")).unwrap();
    // A page of a table or an index is overwritten; half is missing; it is text; it is empty.
    let mut overwritten = whole.clone();
    overwritten[4_096 * 3..4_096 * 4].fill(7);
    for (name, bytes, message) in [
        ("overwritten.db", overwritten, "it is damaged: "),
        ("half.db", whole[..whole.len() / 2].to_vec(), "it is damaged: "),
        (
            "text.db",
            b"Not a database, and long enough to look like one. ".repeat(100),
            "it is damaged: file is not a database",
        ),
        ("empty.db", Vec::new(), "it is damaged: it is empty"),
    ] {
        fs::write(place.path().join(name), bytes).unwrap();
        let refused = place.run(&format!("restore {name} --check")).await.failed(2);
        assert!(refused.starts_with(&format!("{name}: {message}")), "{refused}");
    }
    for (name, message) in [("nowhere.db", "it cannot be read: "), ("data", "it cannot be read: it is not a file")] {
        let refused = place.run(&format!("restore {name}")).await.failed(2);
        assert!(refused.starts_with(&format!("{name}: {message}")), "{refused}");
    }
    let others = vestibule_testing::TestDatabase::sqlite();
    execute(&others.open().await, "CREATE TABLE books (id bigint)", &[]).await;
    let file = others.url().trim_start_matches("sqlite://").to_owned();
    let refused = place.run(&format!("restore {file} --check")).await.failed(2);
    assert_eq!(refused, format!("{file}: it is not a database of Vestibule's"));
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_refused_and_one_of_this_version_needs_no_migration() {
    let place = Place::sqlite();
    place.create_user("ada@example.com").await;
    let database = place.open().await;
    let newer =
        "INSERT INTO migrations_user (version, name, applied_on, checksum) VALUES (99, 'from_the_future', $1, '1')";
    execute(&database, newer, values!["2030-01-01T00:00:00Z"]).await;
    drop(database);
    // The copy is made, as it may be needed, and is not called good.
    let message = "copy.db: it was migrated by a newer version (user V99__from_the_future): use that version";
    assert_eq!(place.run("backup --out copy.db").await.failed(1), message);
    fs::rename(place.path().join("data"), place.path().join("away")).unwrap();
    assert_eq!(place.run("restore copy.db").await.failed(1), message);
    assert!(!place.path().join("data/vestibule.db").exists());
}

#[tokio::test]
async fn without_a_database_there_is_no_backup() {
    let place = Place::sqlite();
    let refused = place.run("backup --out copy.db").await.failed(1);
    assert!(refused.starts_with("there is no database data/vestibule.db: "), "{refused}");
    assert!(!place.path().join("data").exists() && !place.path().join("copy.db").exists());
    place.create_user("ada@example.com").await;
    let refused = place.run("backup --out nowhere/copy.db").await.failed(1);
    assert!(refused.starts_with("nowhere/copy.db cannot be written: "), "{refused}");
    let missing = place.run("backup").await.failed(2);
    assert!(missing.contains("--out"), "{missing}");
}

#[tokio::test]
async fn postgres_has_tools_of_its_own() {
    let place = Place::postgres().await;
    place.create_user("ada@example.com").await;
    let message = "PostgreSQL is backed up by its own tools: pg_dump writes a copy, pg_restore reads it";
    assert_eq!(place.run("backup --out copy.db").await.failed(2), message);
    assert!(!place.path().join("copy.db").exists());
    let sqlite = Place::sqlite();
    sqlite.create_user("ada@example.com").await;
    sqlite.ok("backup --out copy.db").await;
    let copy = sqlite.path().join("copy.db");
    assert_eq!(place.run(&format!("restore {}", copy.display())).await.failed(2), message);
}
