//! PostgreSQL, and engines that speak its protocol.

mod address;
mod connect;
mod error;
mod listen;
mod migrate;
mod parameters;
mod progress;
mod tls;
mod transaction;
mod unhurried;
mod url;
mod values;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::types::{ToSql, Type};
use vestibule_core::Value;

pub(crate) use self::address::Address;
use self::connect::Connector;
pub(crate) use self::error::{is_conflict, is_outage};
pub(crate) use self::transaction::Transaction;
use self::values::Bound;
pub(crate) use self::values::{has, value};
use crate::row::Source;
use crate::{Config, Engine, Error, FromRow, Row, Sql};
pub(crate) use tokio_postgres::Row as Columns;

/// How long a transaction may wait for its program.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(30);

/// How much longer than the server to wait for a statement: the server's own timeout should come first.
const GRACE: Duration = Duration::from_secs(2);

pub(crate) struct Postgres {
    pool: Pool,
    /// The most connections of this process, and how many of them are outside the pool.
    most: usize,
    outside: Arc<AtomicUsize>,
    connector: Connector,
    options: tokio_postgres::Config,
    /// The server itself, where the URL leads to a pooler.
    direct: Option<(Connector, tokio_postgres::Config)>,
    statement_timeout: Duration,
    /// Whether a commit changes the version, see [`crate::Database::version`].
    has_versions: AtomicBool,
}

impl Postgres {
    pub(crate) fn open(address: &Address, config: &Config) -> Result<Self, Error> {
        let options = with_options(address, config);
        let direct = match &config.direct {
            None => None,
            Some(direct) => Some((Connector::new(direct, config.connect_timeout)?, with_options(direct, config))),
        };
        let connector = Connector::new(address, config.connect_timeout)?;
        let manager = Manager::from_connect(
            options.clone(),
            connector.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(config.max_connections)
            .wait_timeout(Some(config.acquire_timeout))
            // The connector's own timeout comes first if it has a reason to report.
            .create_timeout(Some(connector.timeout() + connect::GRACE))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(Error::other)?;
        let (most, outside) = (config.max_connections, Arc::default());
        Ok(Self {
            pool,
            most,
            outside,
            connector,
            options,
            direct,
            statement_timeout: config.statement_timeout,
            has_versions: AtomicBool::new(true),
        })
    }

    async fn connection(&self) -> Result<Connection, Error> {
        let client = self.pool.get().await.map_err(error::from_pool)?;
        let pooled = self.connector.is_pooled().then_some(self.statement_timeout);
        Ok(Connection {
            client: Some(Arc::new(client)),
            timeout: self.statement_timeout + GRACE,
            pooled,
            sent: Vec::new(),
            is_unfit: false,
            is_stale: false,
        })
    }

    pub(crate) fn has_versions(&self) -> bool {
        self.has_versions.load(Ordering::Relaxed)
    }

    pub(crate) fn distrust_versions(&self) {
        self.has_versions.store(false, Ordering::Relaxed);
    }

    /// Takes a connection of the pool's number, for one outside it. A pool of one keeps it.
    fn reserve(&self) -> Reserved {
        let reserved = Reserved { pool: self.pool.clone(), most: self.most, outside: Arc::clone(&self.outside) };
        reserved.resize(self.outside.fetch_add(1, Ordering::SeqCst) + 1);
        reserved
    }

    /// The server itself where it is known, or else what the URL leads to.
    fn nearest(&self) -> (&Connector, &tokio_postgres::Config) {
        match &self.direct {
            Some((connector, options)) => (connector, options),
            None => (&self.connector, &self.options),
        }
    }

    /// Whether connections outside the pool lead to a pooler, as far as is known.
    pub(crate) fn is_pooled(&self) -> bool {
        self.nearest().0.is_pooled()
    }

    /// The number of connections that have ended so far.
    pub(crate) fn lost_connections(&self) -> u64 {
        self.connector.lost_connections()
    }

    /// A connection outside the pool, without a statement timeout, for migrations.
    async fn dedicated(&self) -> Result<tokio_postgres::Client, Error> {
        let (connector, options) = self.nearest();
        let mut options = options.clone();
        let present = options.get_options().unwrap_or_default().to_owned();
        options.options(format!("{present} -c statement_timeout=0"));
        let reserved = self.reserve();
        let (client, connection) = connector.open(&options).await.map_err(error::from_connect)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the migrations' connection ended");
            }
            drop(reserved);
        });
        Ok(client)
    }

    pub(crate) async fn query<T: FromRow>(&self, sql: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        let mut connection = self.connection().await?;
        let result = connection.query(sql, values).await;
        // Such a statement has done nothing: the server refuses it before it begins.
        if connection.is_stale { connection.query(sql, values).await } else { result }
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(self.connection().await?)
    }
}

/// A connection outside the pool, until this is dropped.
struct Reserved {
    pool: Pool,
    most: usize,
    outside: Arc<AtomicUsize>,
}

impl Reserved {
    /// What is in use and too many is closed when it is returned.
    fn resize(&self, outside: usize) {
        self.pool.resize(self.most.saturating_sub(outside).max(1));
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.resize(self.outside.fetch_sub(1, Ordering::SeqCst).saturating_sub(1));
    }
}

fn with_options(address: &Address, config: &Config) -> tokio_postgres::Config {
    let mut options = address.options.clone();
    let present = options.get_options().unwrap_or_default().to_owned();
    options.options(format!(
        "{present} -c statement_timeout={} -c idle_in_transaction_session_timeout={}",
        config.statement_timeout.as_millis(),
        IDLE_IN_TRANSACTION.as_millis()
    ));
    options
}

/// The response of a statement that was sent, that has not been waited for yet.
type Sent = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// A pooled connection, returned when dropped unless it is unusable.
struct Connection {
    client: Option<Arc<Object>>,
    timeout: Duration,
    /// The timeout of a statement, where a pooler stands between and each transaction states it.
    pooled: Option<Duration>,
    /// Statements sent ahead of the next one that is waited for.
    sent: Vec<Sent>,
    /// Whether it is not to be used again.
    is_unfit: bool,
    /// Whether the server no longer knew a prepared statement, or no longer in this form.
    is_stale: bool,
}

impl Connection {
    fn client(&self) -> Result<&Arc<Object>, Error> {
        let client = self.client.as_ref().filter(|_| !self.is_unfit);
        client.ok_or_else(|| Error::unavailable("the connection was lost"))
    }

    /// Whether a statement is sent without a name, in one round trip: where a pooler stands between, and texts built at
    /// run time, which are not used again.
    fn is_unnamed(&self, sql: &Sql) -> bool {
        self.pooled.is_some() || !sql.is_fixed()
    }

    async fn query<T: FromRow>(&mut self, sql: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        let is_unnamed = self.is_unnamed(sql);
        let rows = self
            .bounded(async |client| {
                if is_unnamed {
                    return client.query_typed(sql.text(Engine::Postgres), &typed(&bound(values))).await;
                }
                let statement = prepare(client, sql).await?;
                client.query(&statement, &references(&bound(values))).await
            })
            .await?;
        rows.iter().map(|row| T::from_row(&Row(Source::Postgres(row)))).collect()
    }

    async fn execute(&mut self, sql: &Sql, values: &[Value]) -> Result<u64, Error> {
        let is_unnamed = self.is_unnamed(sql);
        self.bounded(async |client| {
            if is_unnamed {
                return client.execute_typed(sql.text(Engine::Postgres), &typed(&bound(values))).await;
            }
            let statement = prepare(client, sql).await?;
            client.execute(&statement, &references(&bound(values))).await
        })
        .await
    }

    /// Sends a statement, and leaves its response to the next one that is waited for.
    async fn execute_pipelined(&mut self, sql: &Sql, values: &[Value]) -> Result<(), Error> {
        let client = Arc::clone(self.client()?);
        let values = values.to_vec();
        if self.is_unnamed(sql) {
            let text = sql.text(Engine::Postgres).to_owned();
            self.send(async move { client.execute_typed(&text, &typed(&bound(&values))).await.map(drop) });
            return Ok(());
        }
        let statement = {
            let mut preparing = pin!(prepare(&client, sql));
            // Waited for only where the statement is new to the connection: a later one must not overtake it.
            match poll_once(preparing.as_mut()) {
                Poll::Ready(Ok(statement)) => statement,
                Poll::Ready(Err(error)) => return Err(error::from_driver(error)),
                Poll::Pending => self.bounded(async |_| preparing.await).await?,
            }
        };
        self.send(async move { client.execute(&statement, &references(&bound(&values))).await.map(drop) });
        Ok(())
    }

    /// Begins a transaction together with its first statement.
    fn begin(&mut self) -> Result<(), Error> {
        let client = Arc::clone(self.client()?);
        let text = match self.pooled {
            None => "BEGIN".to_owned(),
            Some(timeout) => format!(
                "BEGIN; SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}",
                timeout.as_millis(),
                IDLE_IN_TRANSACTION.as_millis()
            ),
        };
        self.send(async move { client.batch_execute(&text).await });
        Ok(())
    }

    async fn batch(&mut self, text: &str) -> Result<(), Error> {
        self.bounded(async |client| client.batch_execute(text).await).await
    }

    /// Waits for the server, up to a limit: for what was sent before, whose error comes first, and for this. Discards
    /// the connection if it is no longer usable: lost, silent, or become read-only because its server is no longer the
    /// primary.
    async fn bounded<T>(
        &mut self,
        work: impl AsyncFnOnce(&Object) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Error> {
        let client = Arc::clone(self.client()?);
        let sent = std::mem::take(&mut self.sent);
        let earlier = async {
            for response in sent {
                response.await?;
            }
            Ok(())
        };
        // The first poll sends the statement, so that it is on its way while the responses before it are waited for.
        let both = async { tokio::join!(earlier, work(&client)) };
        let (result, unfit) = match tokio::time::timeout(self.timeout, both).await {
            Ok((earlier, own)) => {
                let result = earlier.and(own);
                let unfit = result.as_ref().is_err_and(error::is_unfit);
                if result.as_ref().is_err_and(error::is_stale) {
                    self.is_stale = true;
                    forget_statements(&client);
                }
                (result.map_err(error::from_driver), unfit)
            }
            Err(_) => (Err(Error::unavailable("PostgreSQL did not respond in time")), true),
        };
        self.is_unfit |= unfit;
        result
    }

    /// Hands a request to the connection's task by a first poll, and keeps what its response becomes.
    fn send(&mut self, request: impl Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static) {
        let mut request: Sent = Box::pin(request);
        match poll_once(request.as_mut()) {
            Poll::Ready(result) => self.sent.push(Box::pin(std::future::ready(result))),
            Poll::Pending => self.sent.push(request),
        }
    }

    /// Sends a statement whose response does not matter, where waiting is impossible: in `drop`. So do those of the
    /// statements before it.
    fn send_last(&mut self, text: &str) {
        if let Ok(client) = self.client() {
            drop(poll_once(pin!(client.batch_execute(text))));
        }
        self.sent.clear();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // They hold the client, too.
        self.sent.clear();
        if self.is_unfit
            && let Some(client) = self.client.take().and_then(Arc::into_inner)
        {
            drop(Object::take(client));
        }
    }
}

/// Has every connection prepare its statements again: where one does not fit any more, the others' do not either.
fn forget_statements(client: &Object) {
    if let Some(pool) = Object::pool(client) {
        pool.manager().statement_caches.clear();
    }
}

/// Hands a request to the connection's task, which sends it. The response may arrive at any time.
fn poll_once<F: Future + ?Sized>(request: Pin<&mut F>) -> Poll<F::Output> {
    request.poll(&mut Context::from_waker(Waker::noop()))
}

fn bound(values: &[Value]) -> Vec<Bound<'_>> {
    values.iter().map(Bound).collect()
}

fn references<'a>(bound: &'a [Bound<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    bound.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// The values with their types, for a statement that is not prepared first.
fn typed<'a>(bound: &'a [Bound<'a>]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    bound.iter().map(|value| (value as &(dyn ToSql + Sync), value.kind())).collect()
}

async fn prepare(client: &Object, sql: &Sql) -> Result<tokio_postgres::Statement, tokio_postgres::Error> {
    client.prepare_cached(sql.text(Engine::Postgres)).await
}
