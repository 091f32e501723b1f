//! Counts that triggers keep in a table, so that no list reads its rows to count them
//! (docs/decisions/0033-counting.md).
//!
//! The table has a name, a bucket, a slot and a number; a count is the sum of the rows of a name and a bucket. Not here: the
//! triggers, which are in the modules' migrations, and what the names mean.

use crate::database::Driver;
use crate::{Database, Error, FromRow, Sql, transaction};

/// How many rows are folded in one transaction.
const BATCH: u64 = 1_000;

/// A table of counts, and what it counts.
#[derive(Debug, Clone)]
pub struct Counts {
    /// The table: `name`, `bucket`, `slot` and `number`. Its row with the name `filled` says that all counts are right.
    pub table: &'static str,
    /// Selects `name`, `bucket` and `number` from the rows that are counted.
    pub present: Sql,
}

/// A count that differs from what is there.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[non_exhaustive]
pub struct WrongCount {
    /// The name of the count.
    pub name: String,
    /// Its bucket: hours or minutes since 1970 where it depends on the time, otherwise 0.
    pub bucket: i64,
    /// The count that is kept.
    pub kept: i64,
    /// The count that is right.
    pub counted: i64,
}

impl Database {
    /// Counts what was there before the triggers, once. Writers do not wait for it on PostgreSQL, where it may take a minute for
    /// ten million rows; until then, lists count by reading.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn fill_counts(&self, counts: &[Counts]) -> Result<(), Error> {
        for counts in counts {
            let text = format!("SELECT count(*) FROM {} WHERE name = 'filled'", counts.table);
            let filled: u64 = self.query_scalar(text, &[]).await?;
            if filled == 0 {
                tracing::info!(table = counts.table, "counting rows of the database: others can write in the meantime");
                self.count_again(counts).await?;
            }
        }
        Ok(())
    }

    /// Lists the counts that differ from what is there. Reads all rows that are counted, in one snapshot.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn wrong_counts(&self, counts: &[Counts]) -> Result<Vec<WrongCount>, Error> {
        let mut wrong = Vec::new();
        for counts in counts {
            let text = self.differences(counts);
            wrong.extend::<Vec<WrongCount>>(match self.driver() {
                Driver::Sqlite(_) => self.scan(text, &[]).await?,
                Driver::Postgres(postgres) => postgres.query_unhurried(&text).await?,
            });
        }
        Ok(wrong)
    }

    /// Repairs the counts that differ from what is there.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn repair_counts(&self, counts: &[Counts]) -> Result<(), Error> {
        for counts in counts {
            self.count_again(counts).await?;
        }
        Ok(())
    }

    /// Adds up what the processes of PostgreSQL have counted until two minutes ago, and deletes counts of nothing. Without it, counts
    /// are right, and read more rows.
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn fold_counts(&self, counts: &[Counts]) -> Result<(), Error> {
        for Counts { table, .. } in counts {
            if let Driver::Postgres(_) = self.driver() {
                self.in_batches(&folding(table)).await?;
            }
            let key = "name, bucket, slot";
            let nothing = format!(
                "DELETE FROM {table} WHERE number = 0 AND ({key}) IN (
                     SELECT {key} FROM {table} WHERE slot = 0 AND number = 0 LIMIT {BATCH}) RETURNING 1 AS folded"
            );
            self.in_batches(&nothing).await?;
        }
        Ok(())
    }

    /// Runs a statement, each time in a transaction of its own, until it changes less than a batch. It returns a row for each row
    /// that it changed.
    async fn in_batches(&self, text: &str) -> Result<(), Error> {
        loop {
            let changed: Result<Vec<()>, Error> =
                transaction!(self, |transaction| transaction.query(text.to_owned(), &[]).await);
            if u64::try_from(changed?.len()).unwrap_or(BATCH) < BATCH {
                return Ok(());
            }
        }
    }

    /// Adds to each count what it lacks. What is added follows from one snapshot of rows and counts, and triggers add to the counts
    /// likewise: so it stays right whatever was written since.
    async fn count_again(&self, counts: &Counts) -> Result<(), Error> {
        let table = counts.table;
        let add = format!(
            "INSERT INTO {table} AS stored (name, bucket, slot, number)
             SELECT name, bucket, 0, counted - kept FROM ({}) AS different WHERE 1 = 1
             ON CONFLICT (name, bucket, slot) DO UPDATE SET number = stored.number + excluded.number",
            self.differences(counts)
        );
        let note = format!(
            "INSERT INTO {table} (name, bucket, slot, number) VALUES ('filled', 0, 0, 1) ON CONFLICT DO NOTHING"
        );
        match self.driver() {
            Driver::Sqlite(_) => transaction!(self, |transaction| {
                transaction.execute(add.clone(), &[]).await?;
                transaction.execute(note.clone(), &[]).await.map(drop)
            }),
            Driver::Postgres(postgres) => postgres.count_again(&[&add, &note]).await,
        }
    }

    /// Selects the counts that differ from what is there.
    fn differences(&self, counts: &Counts) -> String {
        format!(
            "SELECT name, bucket, CAST(sum(kept) AS bigint) AS kept, CAST(sum(counted) AS bigint) AS counted
             FROM (SELECT name, bucket, number AS kept, 0 AS counted FROM {} WHERE name <> 'filled'
                   UNION ALL SELECT name, bucket, 0, number FROM ({}) AS present) AS compared
             GROUP BY name, bucket HAVING sum(kept) <> sum(counted)",
            counts.table,
            counts.present.text(self.engine())
        )
    }
}

/// Moves numbers to the slot 0. A slot is the minute, times 2^32, and the process: of those before, no one writes any more but a
/// transaction that has not ended, and what it holds is left. So no writer waits.
fn folding(table: &str) -> String {
    format!(
        "WITH due AS MATERIALIZED (
             SELECT name, bucket, slot FROM {table}
             WHERE slot <> 0 AND slot < (floor(extract(epoch FROM clock_timestamp()) / 60)::bigint - 2) << 32
             ORDER BY name, bucket, slot LIMIT {BATCH} FOR UPDATE SKIP LOCKED),
         folded AS (
             DELETE FROM {table} AS old USING due
             WHERE old.name = due.name AND old.bucket = due.bucket AND old.slot = due.slot
             RETURNING old.name, old.bucket, old.number),
         stored AS (
             INSERT INTO {table} AS stored (name, bucket, slot, number)
             SELECT name, bucket, 0, sum(number) FROM folded GROUP BY name, bucket ORDER BY name, bucket
             ON CONFLICT (name, bucket, slot) DO UPDATE SET number = stored.number + excluded.number)
         SELECT 1 AS folded FROM folded"
    )
}
