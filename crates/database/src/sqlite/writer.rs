//! The one writer, and group commit.
//!
//! Writing to the disk for good (fsync) takes about a millisecond; a transaction's statements take some tens of
//! microseconds. So transactions queue for the one writing connection, run one after another as savepoints of a shared
//! outer transaction, and are made durable together by a thread that waits in the same fair queue: callers that queued
//! before it are in its commit, later ones in the next. A caller alone finds the queue empty and is committed at once.
//!
//! A failed outer commit fails all callers that are in it.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use vestibule_core::Value;

use super::{error, execute, query};
use crate::{Error, FromRow, Sql};

/// How often to poll whether another writing process has finished.
const BUSY_POLL: Duration = Duration::from_millis(2);

/// The most memory for pages that the writer keeps. With SQLite's 2 MiB, a writer of many rows reads each page of their indexes again
/// and again.
const CACHE_KIB: u32 = 32 * 1024;

pub(super) struct Writer {
    state: Arc<Mutex<State>>,
    acquire_timeout: Duration,
}

/// The writing connection and the callers whose work awaits its outer commit.
struct State {
    connection: Connection,
    waiting: Vec<oneshot::Sender<Result<(), Error>>>,
    /// Whether the work of the present caller is a savepoint.
    is_savepoint: bool,
    /// Wakes the thread that commits.
    wake: mpsc::Sender<()>,
}

/// A caller that waits, and the result of its commit.
type Outcome = (oneshot::Sender<Result<(), Error>>, Result<(), Error>);

fn notify(outcomes: Vec<Outcome>) {
    for (caller, result) in outcomes {
        // A caller that was cancelled needs no result.
        drop(caller.send(result));
    }
}

impl Writer {
    /// Takes the connection, and starts the thread that commits. It ends with the writer.
    pub(super) fn start(connection: Connection, acquire_timeout: Duration) -> Result<Self, Error> {
        // While another process writes, `begin` waits without blocking a thread.
        connection.busy_timeout(Duration::ZERO).map_err(error)?;
        // Negative: KiB. SQLite takes what it needs of it.
        connection.pragma_update(None, "cache_size", -i64::from(CACHE_KIB)).map_err(error)?;
        let (wake, woken) = mpsc::channel();
        let state = Arc::new(Mutex::new(State { connection, waiting: Vec::new(), is_savepoint: false, wake }));
        // Weak, so that the connection is closed with its last user and not later: closing the last one moves
        // everything into the database file, where those who copy it expect it.
        let committed = Arc::downgrade(&state);
        std::thread::Builder::new()
            .name("sqlite-commit".into())
            .spawn(move || {
                while woken.recv().is_ok() {
                    let Some(state) = committed.upgrade() else { break };
                    let outcomes = state.blocking_lock().commit();
                    // Before callers are notified: one that then drops the database is its last user.
                    drop(state);
                    notify(outcomes);
                }
            })
            .map_err(Error::unavailable)?;
        Ok(Self { state, acquire_timeout })
    }

    /// Waits for the lock to write.
    pub(super) async fn begin(&self) -> Result<Transaction, Error> {
        let begun = async {
            let mut state = Arc::clone(&self.state).lock_owned().await;
            while let Err(error) = state.begin() {
                if !matches!(&error, Error::Unavailable(cause) if is_busy(cause.as_ref())) {
                    return Err(error);
                }
                tokio::time::sleep(BUSY_POLL).await;
            }
            Ok(Transaction { state, done: false })
        };
        match tokio::time::timeout(self.acquire_timeout, begun).await {
            Ok(result) => result,
            Err(_) => Err(Error::unavailable("other writers held the database for too long")),
        }
    }
}

fn is_busy(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref().is_some_and(|error: &rusqlite::Error| {
        matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
        )
    })
}

impl State {
    fn is_open(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn run(&self, text: &'static str) -> Result<(), Error> {
        self.connection.prepare_cached(text).and_then(|mut statement| statement.execute([])).map(drop).map_err(error)
    }

    /// Opens the outer transaction; if callers that wait for its commit have left it open, a savepoint in it.
    ///
    /// The first caller has no savepoint: with nothing before it, to undo its work is to undo everything. In a savepoint, the end of each
    /// statement costs more the more pages were written before: a batch of an import took half its time for that.
    fn begin(&mut self) -> Result<(), Error> {
        self.is_savepoint = self.is_open();
        self.run(if self.is_savepoint { "SAVEPOINT work" } else { "BEGIN IMMEDIATE" })
    }

    /// Commits the work of all waiting callers, and returns the result for each.
    fn commit(&mut self) -> Vec<Outcome> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Vec::new();
        }
        let result = if self.is_open() {
            self.run("COMMIT")
        } else {
            Err(Error::unavailable("SQLite rolled the work back on its own"))
        };
        match result {
            Ok(()) => waiting.into_iter().map(|caller| (caller, Ok(()))).collect(),
            Err(error) => {
                if self.is_open() {
                    drop(self.run("ROLLBACK"));
                }
                tracing::error!(%error, cause = ?std::error::Error::source(&error), callers = waiting.len(), "a commit failed");
                let failed = || Err(Error::unavailable(format!("the commit failed: {error}")));
                waiting.into_iter().map(|caller| (caller, failed())).collect()
            }
        }
    }

    /// Undoes the savepoint; if no other caller waits for the outer transaction, that one too, so that other processes
    /// may write.
    fn undo(&mut self) {
        if !self.is_open() {
            return;
        }
        if self.waiting.is_empty() {
            drop(self.run("ROLLBACK"));
        } else if self.run("ROLLBACK TO work").and_then(|()| self.run("RELEASE work")).is_err() {
            drop(self.run("ROLLBACK"));
            self.fail_waiting();
        }
    }

    /// Some errors (a full disk, …) make SQLite roll the whole outer transaction back. Then the work of the callers
    /// that wait for its commit is gone as well.
    fn check_after(&mut self, error: Error) -> Error {
        if !self.is_open() {
            self.fail_waiting();
        }
        error
    }

    fn fail_waiting(&mut self) {
        for caller in std::mem::take(&mut self.waiting) {
            drop(caller.send(Err(Error::unavailable("another writer's failure undid this work"))));
        }
    }
}

pub(crate) struct Transaction {
    state: OwnedMutexGuard<State>,
    done: bool,
}

impl Transaction {
    pub(crate) fn query<T: FromRow>(&mut self, sql: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        self.check_open()?;
        query(&self.state.connection, sql, values).map_err(|error| self.state.check_after(error))
    }

    pub(crate) fn execute(&mut self, sql: &Sql, values: &[Value]) -> Result<u64, Error> {
        self.check_open()?;
        execute(&self.state.connection, sql, values).map_err(|error| self.state.check_after(error))
    }

    pub(crate) fn batch(&mut self, text: &'static str) -> Result<(), Error> {
        self.check_open()?;
        self.state.connection.execute_batch(text).map_err(error).map_err(|error| self.state.check_after(error))
    }

    /// Without an outer transaction, a statement would commit on its own.
    fn check_open(&self) -> Result<(), Error> {
        if self.state.is_open() { Ok(()) } else { Err(Error::unavailable("the transaction was rolled back by SQLite")) }
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.check_open()?;
        if self.state.is_savepoint {
            self.state.run("RELEASE work").map_err(|error| self.state.check_after(error))?;
        }
        self.done = true;
        let (caller, committed) = oneshot::channel();
        let first = self.state.waiting.is_empty();
        self.state.waiting.push(caller);
        if first && self.state.wake.send(()).is_err() {
            notify(self.state.commit());
        }
        // The database may be dropped in the meantime: the commit must still find it.
        let _state = Arc::clone(OwnedMutexGuard::mutex(&self.state));
        drop(self);
        committed.await.unwrap_or_else(|_| Err(Error::unavailable("the database was closed")))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.done {
            self.state.undo();
        }
    }
}
