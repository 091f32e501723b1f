//! Migrations of a PostgreSQL database.

use super::Postgres;
use crate::{Engine, Error, MigrationError, Migrations};

/// The number of the advisory lock: "vestibul" in ASCII.
const ADVISORY_LOCK: i64 = 0x7665_7374_6962_756c;

impl Postgres {
    pub(crate) async fn migrate(&self, modules: &[Migrations]) -> Result<(), MigrationError> {
        let mut client = self.dedicated().await?;
        let lock = format!("SELECT pg_advisory_lock({ADVISORY_LOCK})");
        client.batch_execute(&lock).await.map_err(Error::unavailable)?;
        for module in modules {
            let runner = module.runner(Engine::Postgres)?;
            runner.run_async(&mut client).await.map_err(|error| module.refused(error))?;
        }
        // The lock ends with the connection.
        Ok(())
    }
}
