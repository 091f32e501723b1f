//! PostgreSQL, and engines that speak its protocol.

mod address;
mod connect;
mod error;
mod listen;
mod migrate;
mod parameters;
mod tls;
mod transaction;
mod unhurried;
mod url;
mod values;

use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::types::{ToSql, Type};
use vestibule_core::Value;

pub(crate) use self::address::Address;
use self::connect::Connector;
pub(crate) use self::error::is_conflict;
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
    connector: Connector,
    options: tokio_postgres::Config,
    /// The server itself, where the URL leads to a pooler.
    direct: Option<(Connector, tokio_postgres::Config)>,
    statement_timeout: Duration,
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
        Ok(Self { pool, connector, options, direct, statement_timeout: config.statement_timeout })
    }

    async fn connection(&self) -> Result<Connection, Error> {
        let client = self.pool.get().await.map_err(error::from_pool)?;
        let pooled = self.connector.is_pooled().then_some(self.statement_timeout);
        Ok(Connection { client: Some(client), timeout: self.statement_timeout + GRACE, pooled })
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

    /// A connection outside the pool, without a statement timeout, for migrations.
    async fn dedicated(&self) -> Result<tokio_postgres::Client, Error> {
        let (connector, options) = self.nearest();
        let mut options = options.clone();
        let present = options.get_options().unwrap_or_default().to_owned();
        options.options(format!("{present} -c statement_timeout=0"));
        let (client, connection) = connector.open(&options).await.map_err(error::from_connect)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the migrations' connection ended");
            }
        });
        Ok(client)
    }

    pub(crate) async fn query<T: FromRow>(&self, sql: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        self.connection().await?.query(sql, values).await
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(self.connection().await?).await
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

/// A pooled connection, returned when dropped unless it is unusable.
struct Connection {
    client: Option<Object>,
    timeout: Duration,
    /// The timeout of a statement, where a pooler stands between and each transaction states it.
    pooled: Option<Duration>,
}

impl Connection {
    fn client(&self) -> Result<&Object, Error> {
        self.client.as_ref().ok_or_else(|| Error::unavailable("the connection was lost"))
    }

    async fn query<T: FromRow>(&mut self, sql: &Sql, values: &[Value]) -> Result<Vec<T>, Error> {
        let is_pooled = self.pooled.is_some();
        let rows = self
            .bounded(async |client| {
                if is_pooled {
                    return client.query_typed(sql.text(Engine::Postgres), &typed(&bound(values))).await;
                }
                let statement = prepare(client, sql).await?;
                client.query(&statement, &references(&bound(values))).await
            })
            .await?;
        rows.iter().map(|row| T::from_row(&Row(Source::Postgres(row)))).collect()
    }

    async fn execute(&mut self, sql: &Sql, values: &[Value]) -> Result<u64, Error> {
        let is_pooled = self.pooled.is_some();
        self.bounded(async |client| {
            if is_pooled {
                return client.execute_typed(sql.text(Engine::Postgres), &typed(&bound(values))).await;
            }
            let statement = prepare(client, sql).await?;
            client.execute(&statement, &references(&bound(values))).await
        })
        .await
    }

    async fn begin(&mut self) -> Result<(), Error> {
        match self.pooled {
            None => self.batch("BEGIN").await,
            Some(timeout) => {
                let text = format!(
                    "BEGIN; SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}",
                    timeout.as_millis(),
                    IDLE_IN_TRANSACTION.as_millis()
                );
                self.batch(&text).await
            }
        }
    }

    async fn batch(&mut self, text: &str) -> Result<(), Error> {
        self.bounded(async |client| client.batch_execute(text).await).await
    }

    /// Waits for the server, up to a limit; discards the connection if it is no longer usable: lost, silent, or become
    /// read-only because its server is no longer the primary.
    async fn bounded<T>(
        &mut self,
        work: impl AsyncFnOnce(&Object) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Error> {
        let timeout = self.timeout;
        let (result, unfit) = match tokio::time::timeout(timeout, work(self.client()?)).await {
            Ok(result) => {
                let unfit = result.as_ref().is_err_and(error::is_unfit);
                (result.map_err(error::from_driver), unfit)
            }
            Err(_) => (Err(Error::unavailable("PostgreSQL did not respond in time")), true),
        };
        if unfit && let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
        result
    }

    /// Sends a statement without waiting for its response, where waiting is impossible: in `drop`.
    fn send(&self, text: &str) {
        if let Some(client) = &self.client {
            // The first poll hands the request to the connection's task; the response may arrive at any time.
            let request = std::pin::pin!(client.batch_execute(text));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            drop(request.poll(&mut context));
        }
    }
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
    let text = sql.text(Engine::Postgres);
    if sql.is_fixed() { client.prepare_cached(text).await } else { client.prepare(text).await }
}
