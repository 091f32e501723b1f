//! Notifying waiting tasks that something was committed.
//!
//! Within a process that is immediate, without a query. Among processes on PostgreSQL it uses NOTIFY, on a connection
//! of its own and after the commit: a NOTIFY within a transaction makes all commits of the database wait for one
//! another. Processes that share a SQLite file, or reach PostgreSQL through a pooler alone, poll whether another one has
//! written.
//!
//! An announcement may arrive twice, or without a change; and after a lost connection it may be late. So listeners also
//! poll now and then.

use std::time::Duration;

use tokio::sync::watch;

use crate::database::Driver;
use crate::{Database, Error};

/// The channel by which PostgreSQL's processes notify one another.
const CHANNEL: &str = "vestibule";

/// Notifying others costs a round trip: what happens in the meantime is sent together.
const TOGETHER: Duration = Duration::from_millis(20);

/// How often to poll a database for writes of other processes.
const LOOK: Duration = Duration::from_millis(500);

/// How long a lost connection rests.
const REST: Duration = Duration::from_secs(1);

/// The number of announcements so far: those of this process, and all received ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    own: u64,
    all: u64,
}

/// The announcements of one process.
#[derive(Debug)]
pub(crate) struct Board(watch::Sender<Count>);

impl Default for Board {
    fn default() -> Self {
        Self(watch::Sender::new(Count::default()))
    }
}

impl Board {
    /// Announces a commit of this process.
    pub(crate) fn raise(&self) {
        self.0.send_modify(|count| {
            count.own += 1;
            count.all += 1;
        });
    }

    fn raise_for_others(&self) {
        self.0.send_modify(|count| count.all += 1);
    }
}

/// A stream of announcements, see [`Database::announcements`].
#[derive(Debug)]
pub struct Announcements {
    board: watch::Receiver<Count>,
    seen: u64,
}

impl Announcements {
    /// Waits until something was announced since the last call, or since the stream was created.
    pub async fn next(&mut self) {
        let all = self.board.wait_for(|count| count.all != self.seen).await.map(|count| count.all);
        match all {
            Ok(all) => self.seen = all,
            // The sender is in the database: it is closed, so nothing will be announced any more.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Database {
    /// Subscribes to what [`Transaction::announce`](crate::Transaction::announce) announces from now on: in this
    /// process, and while [`Database::exchange_announcements`] runs, in all.
    pub fn announcements(&self) -> Announcements {
        let board = self.board().0.subscribe();
        let seen = board.borrow().all;
        Announcements { board, seen }
    }

    /// Exchanges announcements with the other processes on this database, for as long as it is polled. Run it once per
    /// process.
    pub async fn exchange_announcements(&self) {
        match self.driver() {
            Driver::Sqlite(_) => self.look_for_others().await,
            Driver::Postgres(postgres) => loop {
                if !postgres.can_listen() {
                    return self.look_for_others().await;
                }
                let Err(error) = self.exchange_by_notify().await;
                tracing::debug!(%error, "announcements of other processes are not received at the moment");
                tokio::time::sleep(REST).await;
                // Announcements in the meantime were missed.
                self.board().raise_for_others();
            },
        }
    }

    /// Sends the announcements of this process so far to the others, for a process that ends soon.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn pass_on_announcements(&self) -> Result<(), Error> {
        let was_announced = self.board().0.borrow().own > 0;
        match self.driver() {
            Driver::Postgres(_) if was_announced => {
                self.query::<()>("SELECT pg_notify($1::text, '')", crate::values![CHANNEL]).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    async fn look_for_others(&self) {
        let mut last = None;
        loop {
            // Where there is no version, there may have been a change.
            let version = self.version().await.ok();
            if version.is_none() || last != version {
                last = version;
                self.board().raise_for_others();
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn exchange_by_notify(&self) -> Result<std::convert::Infallible, Error> {
        let Driver::Postgres(postgres) = self.driver() else {
            return Err(Error::other("only PostgreSQL notifies"));
        };
        let mut own = self.board().0.subscribe();
        let mut sent = own.borrow_and_update().own;
        // A pooler that ignores options is recognised by a connection of the pool.
        self.ping().await?;
        let mut line = postgres.listen(CHANNEL).await?;
        loop {
            tokio::select! {
                received = line.receive() => {
                    received?;
                    self.board().raise_for_others();
                }
                changed = async { own.wait_for(|count| count.own != sent).await.map(|count| count.own) } => {
                    sent = changed.map_err(Error::other)?;
                    line.notify(CHANNEL).await?;
                    tokio::time::sleep(TOGETHER).await;
                }
            }
        }
    }
}
