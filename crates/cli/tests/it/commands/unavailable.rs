//! A database that is unavailable: exit code 1, and a line with its location.

use std::net::TcpListener;
use std::time::Duration;

use tokio::time::Instant;
use vestibule_testing::postgres;
use vestibule_testing::postgres::PrivateCluster;

use crate::support::{Place, free_port};

/// Every command that needs a database.
const COMMANDS: [&str; 7] = [
    "migrate",
    "migrate --status",
    "serve --listen 127.0.0.1:0",
    "user list",
    "user create --email ada@example.com",
    "invite list",
    "invite create --email ada@example.com",
];

const HINT: &str = "; see `vestibule config show` for where it is";

async fn refused(place: Place, cause: &str) {
    // A server would wait for PostgreSQL.
    let place = &place.with("VESTIBULE_DATABASE_START_TIMEOUT", "1ms");
    for command in COMMANDS {
        let message = place.run(command).await.failed(1);
        let expected = "the database cannot be used: ";
        let cause_in_message = message.strip_prefix(expected).and_then(|rest| rest.strip_suffix(HINT));
        let cause_in_message = cause_in_message.unwrap_or_else(|| panic!("{command}: {message}"));
        assert!(cause_in_message.contains(cause), "{command}: {message}");
    }
}

#[tokio::test]
async fn postgres_that_does_not_listen_is_reported() {
    let place = Place::configured(&format!("postgres://ada:hunter2@127.0.0.1:{}/app", free_port()));
    refused(place, "Connection refused").await;
}

/// After a failover, the old server accepts no more writes.
#[tokio::test]
async fn postgres_that_is_read_only_is_reported_within_connect_timeout() {
    let standby = PrivateCluster::start_with(&["default_transaction_read_only=on"]).await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("127.0.0.1:{}", standby.port());
    let hosts = [
        own.clone(),
        format!("localhost:{}", standby.port()),
        format!("{own},{}", silent.local_addr().unwrap()),
        format!("{},{own}", silent.local_addr().unwrap()),
    ];
    for hosts in hosts {
        let place = Place::configured(&standby.url().replace(&own, &hosts))
            .with("VESTIBULE_DATABASE_CONNECT_TIMEOUT", "2s")
            .with("VESTIBULE_DATABASE_ACQUIRE_TIMEOUT", "2s");
        let began = Instant::now();
        refused(place, "the server is read-only").await;
        let each = began.elapsed().div_f64(COMMANDS.len() as f64);
        assert!(each < Duration::from_secs(10), "{hosts}: {each:?} for each command");
    }
}

/// A server that accepts connections but does not respond is given up after the configured time.
#[tokio::test]
async fn postgres_that_does_not_respond_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://ada:hunter2@{}/app?sslmode=disable", listener.local_addr().unwrap());
    let place = Place::configured(&url)
        .with("VESTIBULE_DATABASE_CONNECT_TIMEOUT", "300ms")
        .with("VESTIBULE_DATABASE_ACQUIRE_TIMEOUT", "300ms");
    refused(place, "").await;
}

#[tokio::test]
async fn postgres_with_a_wrong_database_or_password_is_reported() {
    let database = postgres::database().await;
    let place = Place::configured(&database.url().replace(database.name(), "not_there"));
    refused(place, "database \"not_there\" does not exist").await;
    let (scheme, rest) = database.url().split_once("://").unwrap();
    let (user, rest) = rest.split_once(':').unwrap();
    let place = Place::configured(&format!("{scheme}://{user}:hunter2@{}", rest.split_once('@').unwrap().1));
    refused(place, "password authentication failed").await;
}

#[tokio::test]
async fn sqlite_without_a_possible_file_is_reported() {
    let place = Place::sqlite();
    place.write("data", "not a directory");
    for command in ["migrate", "user create --email ada@example.com --password correct-horse"] {
        let message = place.run(command).await.failed(1);
        assert!(message.contains("data/vestibule.db: ") && message.ends_with(HINT), "{message}");
    }
    // The secret is created first, and reports its own error.
    for command in ["serve --listen 127.0.0.1:0", "invite create --email ada@example.com"] {
        let message = place.run(command).await.failed(2);
        assert!(message.starts_with("data/jwt_secret: the secret cannot be "), "{message}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_reported() {
    let place = Place::configured("sqlite://notes.txt");
    place.write("notes.txt", &"not a database\n".repeat(100));
    for command in COMMANDS {
        let message = place.run(command).await.failed(1);
        assert!(message.contains("file is not a database"), "{command}: {message}");
    }
    assert!(std::fs::read_to_string(place.path().join("notes.txt")).unwrap().starts_with("not a database\n"));
}
