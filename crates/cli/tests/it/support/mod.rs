//! The real program in its own directory, without the caller's environment, and a client for it.

pub(crate) mod client;
pub(crate) mod mask;
pub(crate) mod place;
pub(crate) mod process;
pub(crate) mod ran;
pub(crate) mod rows;
pub(crate) mod server;
pub(crate) mod users;

use std::net::TcpListener;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use vestibule::core::Environment;

pub(crate) use self::client::{Answer, Client};
pub(crate) use self::place::Place;
pub(crate) use self::process::Process;
pub(crate) use self::ran::Ran;
pub(crate) use self::server::Server;
pub(crate) use self::users::{PASSWORD, link_token};

/// The time limit of a test, generous for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Returns a free port below the ephemeral range: clients' sockets cannot take it.
pub(crate) fn free_port() -> u16 {
    let random = || u16::from_le_bytes(Environment::system().random_bytes());
    let port = |_| 20_000 + random() % 12_000;
    (0..1000).map(port).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}

/// Repeats `work` until it returns something, and fails after [`PATIENCE`].
pub(crate) async fn until<T>(what: &str, work: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(what, PATIENCE, work).await.0
}

/// The same within a given time; also returns how long it took.
pub(crate) async fn until_within<T>(
    what: &str,
    patience: Duration,
    mut work: impl AsyncFnMut() -> Option<T>,
) -> (T, Duration) {
    let began = Instant::now();
    loop {
        if let Some(found) = work().await {
            return (found, began.elapsed());
        }
        assert!(began.elapsed() < patience, "{what}: not within {patience:?}");
        sleep(Duration::from_millis(5)).await;
    }
}
