//! The start of a process that keeps running: it waits for a database that cannot be reached yet.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Failure;
use super::setup::Setup;

/// How long to rest between two attempts.
const REST: Duration = Duration::from_millis(500);

/// How often to log that the process still waits.
const REMINDER: Duration = Duration::from_secs(10);

/// Repeats the start while PostgreSQL cannot be used, for `database.start_timeout` at most.
pub(super) async fn wait_for_database<T>(
    setup: &Setup,
    start: impl AsyncFn() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let timeout = setup.configuration.database.start_timeout;
    let (began, mut logged) = (Instant::now(), None::<(Instant, String)>);
    loop {
        let failure = match start().await {
            // There is no other process that SQLite waits for.
            Err(failure) if failure.is_outage() && setup.file().is_none() => failure,
            result => return result,
        };
        let waited = began.elapsed();
        if waited + REST > timeout {
            return Err(failure);
        }
        let is_news =
            logged.as_ref().is_none_or(|(at, message)| at.elapsed() > REMINDER || message != failure.message());
        if is_news {
            let left = (timeout - waited).as_secs_f64().ceil();
            tracing::warn!("waiting up to {left} s: {}", failure.message());
            logged = Some((Instant::now(), failure.message().to_owned()));
        }
        sleep(REST).await;
    }
}
