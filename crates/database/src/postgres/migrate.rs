//! Migrations of a PostgreSQL database.

use tokio::time::Instant;
use tokio_postgres::SimpleQueryMessage;

use super::{Postgres, progress};
use crate::foreign::created;
use crate::{Engine, Error, Migration, MigrationError, Migrations};

/// The number of the advisory lock of migrations: "vestibul" in ASCII.
const MIGRATION_LOCK: i64 = 0x7665_7374_6962_756c;

/// That of building indexes.
const INDEX_LOCK: i64 = MIGRATION_LOCK + 1;

/// That of correcting counts.
pub(super) const COUNT_LOCK: i64 = MIGRATION_LOCK + 2;

impl Postgres {
    pub(crate) async fn migrate(&self, modules: &[Migrations]) -> Result<usize, MigrationError> {
        let mut client = self.dedicated().await?;
        let mut holder = None;
        if self.is_pooled() {
            // Through a pooler only a transaction keeps its lock, and the steps have transactions of their own.
            holder = Some(self.dedicated().await?);
        }
        lock(holder.as_ref().unwrap_or(&client), holder.is_some()).await.map_err(Error::unavailable)?;
        let mut done = 0;
        for module in modules {
            let runner = module.runner(Engine::Postgres)?;
            let report = runner.run_async(&mut client).await.map_err(|error| module.refused(error))?;
            done += module.report(&report);
        }
        // The lock ends with its connection.
        Ok(done)
    }

    /// Builds these indexes, each by a statement of its own. An unfinished one of a process that was stopped is built again.
    pub(crate) async fn build_indexes(&self, modules: &[Migrations], missing: &[String]) -> Result<(), Error> {
        let client = self.dedicated().await?;
        let mut holder = None;
        if self.is_pooled() {
            holder = Some(self.dedicated().await?);
        }
        let locked = try_lock(holder.as_ref().unwrap_or(&client), holder.is_some(), INDEX_LOCK).await;
        if !locked.map_err(Error::unavailable)? {
            tracing::info!("another process builds the indexes of the database");
            return Ok(());
        }
        // May be refused: then the indexes that need it are, too.
        if let Err(error) = client.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_trgm").await {
            tracing::debug!(%error, "the extension pg_trgm could not be created");
        }
        let watcher = self.dedicated().await?;
        let texts: Vec<String> =
            modules.iter().flat_map(|module| module.steps).map(Migration::beside_writers).collect();
        let statements = texts.iter().flat_map(|text| text.split_inclusive(';'));
        let mut number = 0;
        for statement in statements {
            for index in created(statement).iter().filter(|index| missing.contains(index)) {
                number += 1;
                tracing::info!(
                    "building the index {index} ({number} of {}): others can write in the meantime",
                    missing.len()
                );
                tokio::select! {
                    () = build(&client, index, statement) => {}
                    () = progress::report(&watcher, index) => {}
                }
            }
        }
        Ok(())
    }
}

impl Postgres {
    /// Builds one index by this statement, outside of a transaction.
    pub(crate) async fn build_index(&self, index: &str, statement: &str) -> Result<(), Error> {
        build(&self.dedicated().await?, index, statement).await;
        Ok(())
    }
}

async fn build(client: &tokio_postgres::Client, index: &str, statement: &str) {
    let began = Instant::now();
    // Not in one text: that would be a transaction.
    let mut built = client.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")).await;
    if built.is_ok() {
        built = client.batch_execute(statement).await;
    }
    tracing::debug!(index, seconds = began.elapsed().as_secs_f64(), is_built = built.is_ok(), "an index was built");
    if let Err(error) = built {
        let cause = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
        tracing::warn!(
            index,
            cause,
            "an index of the database could not be built: lists and searches that need it read every row until it is. If the extension pg_trgm is \
             missing, have a superuser run CREATE EXTENSION pg_trgm in this database, and start again"
        );
    }
}

/// Takes an advisory lock unless another process has it. It ends with the connection.
async fn try_lock(
    client: &tokio_postgres::Client,
    within_transaction: bool,
    number: i64,
) -> Result<bool, tokio_postgres::Error> {
    let (begin, scope) = match within_transaction {
        true => {
            ("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; ", "_xact")
        }
        false => ("", ""),
    };
    let text = format!("{begin}SELECT pg_try_advisory{scope}_lock({number})::text");
    let messages = client.simple_query(&text).await?;
    Ok(messages.iter().any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("true"))))
}

async fn lock(client: &tokio_postgres::Client, within_transaction: bool) -> Result<(), tokio_postgres::Error> {
    if !try_lock(client, within_transaction, MIGRATION_LOCK).await? {
        let scope = if within_transaction { "_xact" } else { "" };
        tracing::info!("another process is migrating the database: waiting until it is done");
        client.batch_execute(&format!("SELECT pg_advisory{scope}_lock({MIGRATION_LOCK})")).await?;
    }
    Ok(())
}
