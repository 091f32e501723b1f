//! Several servers, or several addresses of one: the one that responds and accepts writes is found in time; without
//! one, an error is returned in time.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;
use vestibule_database::{Config, Database, Error};
use vestibule_testing::postgres::PrivateCluster;

use crate::support::soon;

/// Accepts connections and never responds.
async fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// The URL of a cluster, with other servers before its own.
fn with_hosts(url: &str, hosts: &str) -> String {
    let (start, rest) = url.split_once('@').unwrap();
    let (_, name) = rest.split_once('/').unwrap();
    format!("{start}@{hosts}/{name}")
}

async fn ping(url: &str, timeout: Duration) -> (Result<(), Error>, Duration) {
    let mut config = Config::from_url(url).unwrap();
    config.connect_timeout = timeout;
    let database = Database::open(&config).await.unwrap();
    let began = Instant::now();
    let result = soon(database.ping()).await;
    (result, began.elapsed())
}

#[tokio::test]
async fn a_server_that_takes_writes_is_found_among_others() {
    let primary = PrivateCluster::start().await;
    let standby = PrivateCluster::start_with(&["default_transaction_read_only=on"]).await;
    // Both have the same role with different passwords: the standby is tried with the primary's.
    let (_listener, dead) = silent().await;
    let own = format!("127.0.0.1:{}", primary.port());
    for hosts in [
        format!("127.0.0.1:{dead},{own}"),
        format!("127.0.0.1:1,{own}"),
        format!("127.0.0.1:{},{own}", standby.port()),
        format!("no-such-name.invalid:5432,{own}"),
        // This name has two addresses on many machines, of which the server listens on one.
        format!("localhost:{}", primary.port()),
    ] {
        let (result, _) = ping(&with_hosts(&primary.url(), &hosts), Duration::from_secs(20)).await;
        result.unwrap_or_else(|error| panic!("{hosts}: {}", error.causes()));
    }
}

#[tokio::test]
async fn read_only_servers_are_reported_within_connect_timeout() {
    let standby = PrivateCluster::start_with(&["default_transaction_read_only=on"]).await;
    let (_listener, dead) = silent().await;
    let own = format!("127.0.0.1:{}", standby.port());
    for hosts in [own.clone(), format!("localhost:{}", standby.port()), format!("{own},127.0.0.1:{dead}")] {
        let url = with_hosts(&standby.url(), &hosts);
        let (result, took) = ping(&url, Duration::from_secs(3)).await;
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.causes().contains("read-only"), "{hosts}: {}", error.causes());
        assert!(took < Duration::from_secs(10), "{hosts}: {took:?}");
        // The same for connections outside the pool.
        let mut config = Config::from_url(&url).unwrap();
        config.connect_timeout = Duration::from_secs(3);
        let database = Database::open(&config).await.unwrap();
        let migrated = soon(database.migrate(&[crate::support::MIGRATIONS])).await;
        assert!(migrated.unwrap_err().to_string().contains("read-only"));
    }
}

#[tokio::test]
async fn silent_servers_are_given_up_after_connect_timeout() {
    let (_listener, dead) = silent().await;
    let url = format!("postgres://ada@127.0.0.1:{dead},127.0.0.1:{dead}/app?sslmode=disable");
    for (url, timeout) in
        [(url.clone(), Duration::from_millis(300)), (format!("{url}&connect_timeout=1"), Duration::from_hours(1))]
    {
        let (result, took) = ping(&url, timeout).await;
        let error = result.unwrap_err();
        assert!(error.causes().contains("connect_timeout"), "{}", error.causes());
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}
