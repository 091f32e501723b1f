//! Opening a connection: to the first server that responds and accepts writes, within one timeout for all of them.
//!
//! A URL may name several servers, and a name may have several addresses. A server that does not respond must not use
//! up the time of the others: the next one is tried as soon as one has failed, and at the latest a moment after it (as
//! RFC 8305 does).

use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use deadpool_postgres::Connect;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tokio_postgres::config::Host;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, SimpleQueryMessage, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;
use vestibule_core::random::{Random, SystemRandom};

use super::address::{Address, Target};
use super::{error, tls};
use crate::Error;

/// How long a server may take before the next one is tried beside it (RFC 8305 8).
const HEAD_START: Duration = Duration::from_millis(250);

/// How much later than the connector a caller may give up, so that the connector can report the reason.
pub(super) const GRACE: Duration = Duration::from_millis(250);

type Opened = (Client, Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>);
type Failure = tokio_postgres::Error;

/// Opens connections.
#[derive(Clone)]
pub(super) struct Connector {
    targets: Vec<Target>,
    /// The options of the URL alone, for poolers: they refuse others, or ignore them.
    plain: tokio_postgres::Config,
    is_random: bool,
    tls: MakeRustlsConnect,
    timeout: Duration,
    is_pooled: Arc<AtomicBool>,
    lost: Arc<AtomicU64>,
}

impl Connector {
    pub(super) fn new(address: &Address, connect_timeout: Duration) -> Result<Self, Error> {
        Ok(Self {
            targets: address.targets.clone(),
            plain: address.options.clone(),
            is_random: address.is_random(),
            tls: tls::connector(&address.tls)?,
            timeout: address.connect_timeout.unwrap_or(connect_timeout),
            is_pooled: Arc::default(),
            lost: Arc::default(),
        })
    }

    /// How long opening a connection takes at most.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether a pooler such as PgBouncer stands between, as far as is known. Then one connection may be several of the
    /// server's, in turn: it has no options and no named statements, and receives no notifications.
    pub(super) fn is_pooled(&self) -> bool {
        self.is_pooled.load(Relaxed)
    }

    /// The number of the pool's connections that have ended.
    pub(super) fn lost_connections(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    fn note_pooler(&self, how: &str) {
        if !self.is_pooled.swap(true, Relaxed) {
            tracing::info!(
                "PostgreSQL is behind a pooler ({how}): neither named statements nor LISTEN are used through it"
            );
        }
    }

    /// Opens a connection. Fails with the most specific of the servers' errors, or with `None` if none responded. Through
    /// a pooler it is opened without `options`.
    pub(super) async fn open(&self, options: &tokio_postgres::Config) -> Result<Opened, Option<Failure>> {
        if !self.is_pooled() {
            match self.open_any(options).await {
                Err(Some(failure)) if error::refuses_options(&failure) => {
                    self.note_pooler("it refuses startup options")
                }
                result => return result,
            }
        }
        self.open_any(&self.plain).await
    }

    /// Looks whether a new connection has the options with which it was opened.
    async fn check_options(&self, client: &Client, options: &tokio_postgres::Config) {
        if self.is_pooled() {
            return;
        }
        let text = "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'";
        let found = client.simple_query(text).await.ok().and_then(|messages| {
            messages.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(|setting| format!("statement_timeout={setting}")),
                _ => None,
            })
        });
        // Without an answer, the first statement will have the error.
        if found.is_some_and(|found| !options.get_options().unwrap_or_default().split(' ').any(|one| one == found)) {
            self.note_pooler("it ignores startup options");
        }
    }

    async fn open_any(&self, options: &tokio_postgres::Config) -> Result<Opened, Option<Failure>> {
        let end = Instant::now() + self.timeout;
        // A host's error is known before the whole timeout is over.
        let end_of_host = end - self.timeout / 10;
        let hosts = self.in_order(self.targets.clone()).into_iter().map(|target| {
            let (connector, options) = (self.clone(), options.clone());
            async move { connector.open_host(target, &options, end_of_host).await }
        });
        race(hosts.collect(), end).await
    }

    /// Opens a connection to one host, by any of its addresses.
    async fn open_host(
        &self,
        target: Target,
        options: &tokio_postgres::Config,
        end: Instant,
    ) -> Result<Opened, Option<Failure>> {
        let Target { host, address, port } = target;
        let mut options = options.clone();
        options.port(port);
        let addresses = match (host, address) {
            (Host::Unix(path), _) => {
                options.host_path(path);
                Vec::new()
            }
            (Host::Tcp(name), Some(address)) => {
                options.host(name);
                vec![address]
            }
            (Host::Tcp(name), None) => {
                options.host(name.as_str());
                let found = timeout_at(end, tokio::net::lookup_host((name.as_str(), port))).await.map_err(|_| None)?;
                // If the name is not found, the driver finds the same and has an error for it.
                found.map(|found| found.map(|address| address.ip()).collect()).unwrap_or_default()
            }
        };
        let by_address = self.in_order(addresses).into_iter().map(|address| {
            let mut options = options.clone();
            options.hostaddr(address);
            options
        });
        let mut targets: Vec<_> = by_address.collect();
        if targets.is_empty() {
            targets.push(options);
        }
        let attempts = targets.into_iter().map(|options| {
            let tls = self.tls.clone();
            async move { options.connect(tls).await.map_err(Some) }
        });
        race(attempts.collect(), end).await
    }

    fn in_order<T>(&self, mut items: Vec<T>) -> Vec<T> {
        if self.is_random {
            items.sort_by_cached_key(|_| {
                let mut key = [0; 8];
                SystemRandom.fill(&mut key);
                key
            });
        }
        items
    }
}

/// Starts the attempts one after another and returns the first that succeeds.
async fn race<F>(attempts: Vec<F>, end: Instant) -> Result<Opened, Option<Failure>>
where
    F: Future<Output = Result<Opened, Option<Failure>>> + Send + 'static,
{
    let (mut waiting, mut running, mut failure) = (attempts.into_iter(), JoinSet::new(), None);
    loop {
        if let Some(attempt) = waiting.next() {
            running.spawn(attempt);
        } else if running.is_empty() {
            return Err(failure);
        }
        let has_more = waiting.len() > 0;
        tokio::select! {
            Some(ended) = running.join_next() => match ended {
                Ok(Ok(opened)) => return Ok(opened),
                Ok(Err(other)) => failure = more_specific(failure, other),
                // It panicked or was cancelled, and has no result.
                Err(_) => {}
            },
            () = sleep(HEAD_START), if has_more => {}
            () = sleep_until(end) => return Err(failure),
        }
    }
}

/// A response of a server is more specific than that another is unreachable.
fn more_specific(one: Option<Failure>, other: Option<Failure>) -> Option<Failure> {
    let is_response = |failure: &Failure| failure.as_db_error().is_some() || error::is_read_only(failure);
    match (one, other) {
        (Some(one), Some(other)) if is_response(&other) && !is_response(&one) => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

impl Connect for Connector {
    fn connect(
        &self,
        options: &tokio_postgres::Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Failure>> + Send + '_>> {
        let options = options.clone();
        Box::pin(async move {
            let (client, connection) = match self.open(&options).await {
                Ok(opened) => opened,
                Err(Some(failure)) => return Err(failure),
                // The pool gives up a moment later; the driver has no constructor for this error.
                Err(None) => future::pending().await,
            };
            let lost = Arc::clone(&self.lost);
            let task = tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection to PostgreSQL ended");
                }
                lost.fetch_add(1, Relaxed);
            });
            self.check_options(&client, &options).await;
            Ok((client, task))
        })
    }
}
