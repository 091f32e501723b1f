//! Telling others that something was committed which they wait for.
//!
//! Within a process that is at once, without asking the database. Among processes on PostgreSQL it goes by NOTIFY, on
//! a connection of its own and after the commit: a NOTIFY within a transaction makes all commits of the database wait
//! for one another. Processes that share a SQLite file look every now and then whether another one has written.
//!
//! What is told may be told twice, or where there was nothing; and where a connection was lost it may be told late. So
//! whoever listens also looks by himself now and then.

use std::time::Duration;

use tokio::sync::watch;

use crate::database::Driver;
use crate::{Database, Error};

/// The name under which PostgreSQL's processes tell one another.
const CHANNEL: &str = "vestibule";

/// Telling others costs a round trip: what happens meanwhile is told together.
const TOGETHER: Duration = Duration::from_millis(20);

/// How often a SQLite file is asked whether another process has written to it.
const LOOK: Duration = Duration::from_millis(500);

/// How long a lost connection rests.
const REST: Duration = Duration::from_secs(1);

/// How many announcements there were so far: those of this process, and all that it has heard of.
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
    /// Something of this process was committed.
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

/// Announcements as they come in, see [`Database::announcements`].
#[derive(Debug)]
pub struct Announcements {
    board: watch::Receiver<Count>,
    seen: u64,
}

impl Announcements {
    /// Waits until something was announced since this was last called, or since it was made.
    pub async fn next(&mut self) {
        let all = self.board.wait_for(|count| count.all != self.seen).await.map(|count| count.all);
        match all {
            Ok(all) => self.seen = all,
            // The other end is in the database: it is closed, so nothing will be announced any more.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Database {
    /// What is announced from now on by [`Transaction::announce`](crate::Transaction::announce): of this process, and
    /// while [`Database::exchange_announcements`] runs, of all.
    pub fn announcements(&self) -> Announcements {
        let board = self.board().0.subscribe();
        let seen = board.borrow().all;
        Announcements { board, seen }
    }

    /// Exchanges announcements with the other processes on this database, for as long as it is polled. To be run once
    /// in a process.
    pub async fn exchange_announcements(&self) {
        match self.driver() {
            Driver::Sqlite(_) => self.look_for_others().await,
            Driver::Postgres(_) => loop {
                let Err(error) = self.exchange_by_notify().await;
                tracing::debug!(%error, "announcements of other processes are not heard for the moment");
                tokio::time::sleep(REST).await;
                // What was announced meanwhile was missed.
                self.board().raise_for_others();
            },
        }
    }

    /// Tells the other processes what was announced in this one so far, for a process that ends soon.
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
            if let Ok(version) = self.version().await
                && last.as_ref() != Some(&version)
            {
                last = Some(version);
                self.board().raise_for_others();
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn exchange_by_notify(&self) -> Result<std::convert::Infallible, Error> {
        let Driver::Postgres(postgres) = self.driver() else {
            return Err(Error::other("only PostgreSQL tells"));
        };
        let mut own = self.board().0.subscribe();
        let mut told = own.borrow_and_update().own;
        let mut line = postgres.listen(CHANNEL).await?;
        loop {
            tokio::select! {
                heard = line.heard() => {
                    heard?;
                    self.board().raise_for_others();
                }
                changed = async { own.wait_for(|count| count.own != told).await.map(|count| count.own) } => {
                    told = changed.map_err(Error::other)?;
                    line.tell(CHANNEL).await?;
                    tokio::time::sleep(TOGETHER).await;
                }
            }
        }
    }
}
