//! Statements that may take longer than requests allow.

use super::migrate::COUNT_LOCK;
use super::{Postgres, error};
use crate::row::Source;
use crate::{Error, FromRow, Row};

/// So, because a pooler may have refused the options of the connection.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0;
                     SET LOCAL idle_in_transaction_session_timeout = 0";

impl Postgres {
    /// Reads rows on a connection of its own, for as long as that takes.
    pub(crate) async fn query_unhurried<T: FromRow>(&self, text: &str) -> Result<Vec<T>, Error> {
        let client = self.dedicated().await?;
        client.batch_execute(BEGIN).await.map_err(error::from_driver)?;
        let rows = client.query_typed(text, &[]).await.map_err(error::from_driver)?;
        client.batch_execute("COMMIT").await.map_err(error::from_driver)?;
        rows.iter().map(|row| T::from_row(&Row(Source::Postgres(row)))).collect()
    }

    /// Runs statements that correct counts, in one transaction, while no other process does. A statement sees what was committed
    /// before it begins, and so what another process has corrected while this one waited for it.
    pub(crate) async fn count_again(&self, statements: &[&str]) -> Result<(), Error> {
        let client = self.dedicated().await?;
        let begin = format!("{BEGIN}; SELECT pg_advisory_xact_lock({COUNT_LOCK})");
        let end = ["COMMIT"];
        for statement in std::iter::once(begin.as_str()).chain(statements.iter().copied()).chain(end) {
            client.batch_execute(statement).await.map_err(error::from_driver)?;
        }
        Ok(())
    }
}
