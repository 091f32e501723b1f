//! The last use of sessions and API keys, written beside the requests that use them.
//!
//! A primary without its synchronous standby answers reads and lets every commit wait. A request that reads must then not
//! wait for its own use to be written, and the uses of many sessions must not occupy all connections.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

/// How long a request waits for its use: much longer than a healthy database takes, so that the next request sees it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most uses that are written at once. A further one is left to the next request of its session.
const AT_ONCE: usize = 4;

/// The uses that are being written, by the ids of their sessions and API keys.
#[derive(Clone, Default)]
pub(crate) struct Uses(Arc<Mutex<HashSet<String>>>);

impl Uses {
    /// Runs `work`, which writes the use of `id`, and waits a while for its end. Does nothing while that id's last use
    /// is still being written, or too many others are.
    pub(crate) async fn write(&self, id: impl ToString, work: impl Future<Output = ()> + Send + 'static) {
        let Some(turn) = self.begin(id.to_string()) else { return };
        let writing = tokio::spawn(async move {
            work.await;
            drop(turn);
        });
        // One that takes longer goes on; one that panicked is in the log.
        drop(timeout(PATIENCE, writing).await);
    }

    fn begin(&self, id: String) -> Option<Turn> {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_begun = ids.len() < AT_ONCE && ids.insert(id.clone());
        is_begun.then(|| Turn { uses: self.clone(), id })
    }
}

/// Ends when dropped, also where the work is.
struct Turn {
    uses: Uses,
    id: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.uses.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
