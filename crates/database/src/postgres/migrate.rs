//! Migrations of a PostgreSQL database.

use tokio_postgres::SimpleQueryMessage;

use super::Postgres;
use crate::{Engine, Error, MigrationError, Migrations};

/// The number of the advisory lock: "vestibul" in ASCII.
const ADVISORY_LOCK: i64 = 0x7665_7374_6962_756c;

impl Postgres {
    pub(crate) async fn migrate(&self, modules: &[Migrations]) -> Result<(), MigrationError> {
        let mut client = self.dedicated().await?;
        let mut holder = None;
        if self.is_pooled() {
            // Through a pooler only a transaction keeps its lock, and the steps have transactions of their own.
            holder = Some(self.dedicated().await?);
        }
        lock(holder.as_ref().unwrap_or(&client), holder.is_some()).await.map_err(Error::unavailable)?;
        for module in modules {
            let runner = module.runner(Engine::Postgres)?;
            runner.run_async(&mut client).await.map_err(|error| module.refused(error))?;
        }
        // The lock ends with its connection.
        Ok(())
    }
}

async fn lock(client: &tokio_postgres::Client, within_transaction: bool) -> Result<(), tokio_postgres::Error> {
    let (begin, scope) = match within_transaction {
        true => {
            ("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; ", "_xact")
        }
        false => ("", ""),
    };
    let messages =
        client.simple_query(&format!("{begin}SELECT pg_try_advisory{scope}_lock({ADVISORY_LOCK})::text")).await?;
    let is_locked =
        messages.iter().any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("true")));
    if !is_locked {
        tracing::info!("another process is migrating the database: waiting until it is done");
        client.batch_execute(&format!("SELECT pg_advisory{scope}_lock({ADVISORY_LOCK})")).await?;
    }
    Ok(())
}
