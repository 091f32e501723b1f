//! The first start in an empty directory: the created files and their permissions.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crate::support::place::SECRET;
use crate::support::{Place, Process, Server, until};

fn mode(place: &Place, name: &str) -> u32 {
    std::fs::metadata(place.path().join(name)).unwrap().permissions().mode() & 0o7777
}

/// Returns whether this folder contains a mail.
fn mails_in(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut files| files.any(|file| file.unwrap().path().extension().is_some()))
}

/// Checks that everything in `data` belongs to the owner only, and returns the files' names.
fn check(place: &Place, when: &str) -> Vec<String> {
    let mut files = place.files("data");
    if place.path().join("data/mail").exists() {
        files.retain(|name| name != "mail");
        assert_eq!(mode(place, "data/mail"), 0o700, "{when}");
        for mail in place.files("data/mail") {
            assert_eq!(mode(place, &format!("data/mail/{mail}")), 0o600, "{mail} {when}");
        }
    }
    for file in &files {
        assert_eq!(mode(place, &format!("data/{file}")), 0o600, "{file} {when}");
    }
    files
}

/// Whichever command is first, under whichever umask: only the owner can access the directory and its files.
#[tokio::test]
async fn only_the_owner_can_access_created_files() {
    for first in ["migrate", "user create --email ada@example.com", "invite create --email ada@example.com"] {
        let place = Place::sqlite();
        let output = place.command_by_shell("umask 0; exec \"$@\"", first.split(' ')).output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let command = place.command_by_shell("umask 0; exec \"$@\"", ["serve", "--listen", "127.0.0.1:0"]);
        let server = Server::start(command).await.unwrap();
        server.client().get("/health/ready").await.ok();
        if first.starts_with("invite") {
            let mails = place.path().join("data/mail");
            until("the mail of the invite", async || mails_in(&mails).then_some(())).await;
        }
        assert_eq!(mode(&place, "data"), 0o700, "after {first}");
        let files = check(&place, &format!("after {first}"));
        assert!(files.contains(&"vestibule.db".to_owned()) && files.contains(&"jwt_secret".to_owned()), "{files:?}");
    }
}

#[tokio::test]
async fn serve_creates_the_same_files() {
    let place = Place::sqlite();
    let command = place.command_by_shell("umask 0; exec \"$@\"", ["--listen", "127.0.0.1:0"]);
    // Without a command, `serve` runs.
    let server = Server::start(command).await.unwrap();
    assert_eq!(mode(&place, "data"), 0o700);
    // While it runs, SQLite keeps two files beside the database.
    let files = check(&place, "while it runs");
    assert_eq!(files, ["jwt_secret", "vestibule.db", "vestibule.db-shm", "vestibule.db-wal"]);
    server.stop().await;
    assert_eq!(place.files("data"), ["jwt_secret", "vestibule.db"], "a clean stop leaves nothing beside the database");
}

/// In a wrong directory, or with a mistyped URL, commands report that there is no database, and create none.
#[tokio::test]
async fn commands_that_only_read_create_no_database() {
    let place = Place::sqlite();
    let id = "invite_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for command in [
        "user list",
        "user show ada@example.com",
        "user delete ada@example.com",
        "invite list",
        &format!("invite resend {id}"),
        &format!("invite revoke {id}"),
    ] {
        assert_eq!(
            place.run(command).await.failed(1),
            "there is no database data/vestibule.db: go to the server's directory, or name the database with \
             --database-url"
        );
        let message = place.run(&format!("{command} --database-url sqlite:///nowhere/x.db")).await;
        assert!(message.code == 1 || message.code == 2, "{message:?}");
    }
    let status = place.run("migrate --status").await;
    assert_eq!(status.err, "vestibule: there is no database data/vestibule.db, and none was created\n");
    assert!(status.ok().contains("to do"));
    assert_eq!(place.files(""), [""; 0]);
}

/// kill -9 at any moment of the first start leaves nothing that would prevent the second.
#[tokio::test]
async fn a_first_start_that_was_killed_can_be_repeated() {
    for moment in 0..16 {
        let place = Place::sqlite();
        let mut child = place.command(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        // No condition to wait for: early in one round, late in another.
        tokio::time::sleep(Duration::from_millis(moment * 8)).await;
        child.kill().await.unwrap();
        let (server, mut admin) = place.serve_admin().await;
        admin.get("/admin/users/me").await.ok();
        server.stop().await;
        assert_eq!(place.ok("migrate").await, "The database is up to date.\n");
        check(&place, "after a start that was killed");
    }
}

/// With another file than before, the log shows at once that the users are not gone but elsewhere.
#[tokio::test]
async fn a_new_database_is_reported_first_with_its_full_path() {
    for (url, file) in
        [("", "data/vestibule.db"), ("sqlite://other/v.db\r\n", "other/v.db"), ("sqlite://~/v.db", "v.db")]
    {
        for arguments in ["serve --listen 127.0.0.1:0", "worker", "migrate", "user create --email ada@example.com"] {
            let place = Place::sqlite();
            let home = place.path().to_str().unwrap().to_owned();
            let place = match url {
                "" => place,
                url => place.with("DATABASE_URL", url).with("JWT_SECRET", SECRET).with("HOME", &home),
            };
            let path = place.path().join(file);
            let report = format!("created a new database at {}", path.display());
            let lines = first_lines(&place, arguments).await;
            assert!(lines[0].ends_with(&report), "{arguments}: {lines:?}");
            assert!(path.exists(), "{arguments}: {:?}", place.files(""));
            let again = first_lines(&place, arguments).await;
            assert!(!again.iter().any(|line| line.contains("new database")), "{arguments}: {again:?}");
        }
    }
}

/// Returns what a command writes to standard error; for a long-running one, until it is stopped.
async fn first_lines(place: &Place, arguments: &str) -> Vec<String> {
    let runs = ["serve", "worker"].iter().any(|command| arguments.starts_with(command));
    if !runs {
        return place.run(arguments).await.err.lines().map(str::to_owned).collect();
    }
    let (process, _) = Process::start(place.command(arguments.split(' '))).await.unwrap();
    process.stop().await.err
}

/// A file of variables written on Windows, and one with quotation marks around a value.
#[tokio::test]
async fn a_file_of_variables_from_windows_names_the_same_database_and_secret() {
    let place = Place::configured("sqlite://v.db");
    place.create_user("ada@example.com").await;
    let server = place.serve().await;
    let token = server.token_of("ada@example.com").await;
    server.stop().await;
    let place = place.with("DATABASE_URL", "sqlite://v.db\r").with("JWT_SECRET", &format!("{SECRET}\r"));
    let server = place.serve().await;
    server.client().with_token(&token).get("/admin/users/me").await.ok();
    assert!(server.log().contains("JWT_SECRET: white space at the ends of the secret was removed"), "{}", server.log());
    server.stop().await;
    assert_eq!(place.files(""), ["v.db"]);
    let place = place.with("JWT_SECRET", &format!("\"{SECRET}\""));
    let message = place.run("serve --listen 127.0.0.1:0").await.failed(2);
    assert!(message.starts_with("JWT_SECRET: it is in quotation marks"), "{message}");
}
