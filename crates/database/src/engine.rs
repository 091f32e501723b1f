//! What an engine that speaks PostgreSQL's protocol must have. It is looked at when a program starts, so that what is missing is
//! reported then and not by a request; `docs/operations.md` has the table.

use crate::database::Driver;
use crate::{Database, Error, MigrationError};

/// The lock of a transaction, by any number.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock_shared(8531352013096578148)";

/// Has the transaction counted among those that write, which a snapshot tells apart.
const NUMBER: &str = "SELECT pg_current_xact_id()::text";

impl Database {
    /// Refuses an engine without what migrations and flows need, and notes whether [`Database::version`] can be relied on.
    pub(crate) async fn examine_engine(&self) -> Result<(), MigrationError> {
        let Driver::Postgres(postgres) = self.driver() else { return Ok(()) };
        if let Err(Error::Other(_)) = self.run(ADVISORY_LOCK).await {
            return Err(MigrationError::Engine { lacks: "advisory locks (pg_advisory_xact_lock)" });
        }
        let changes = async {
            let before = self.version().await?;
            self.run(NUMBER).await?;
            Ok::<_, Error>(self.version().await? != before)
        };
        match changes.await {
            Ok(true) => {}
            Ok(false) | Err(Error::Other(_)) => {
                tracing::warn!(
                    "the snapshots of this database do not change with each commit: pages are not kept, and processes look at \
                     the database for each other's changes"
                );
                postgres.distrust_versions();
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Runs a statement in a transaction.
    async fn run(&self, statement: &'static str) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        transaction.query::<()>(statement, &[]).await?;
        transaction.commit().await
    }
}
