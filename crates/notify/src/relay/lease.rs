//! Leasing what is due: to one process at a time, for a while.

use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Sql, Transaction, values};

use super::Relay;
use crate::Delivery;
use crate::deliveries::columns;

vestibule_core::id!(
    /// A lease of a delivery: only its present holder writes the outcome.
    LeaseId,
    "lease"
);

/// A target with queued deliveries, and when the first of them is due.
#[derive(Debug)]
pub(super) struct QueuedTarget {
    pub(super) destination: String,
    pub(super) target: String,
    pub(super) due: Timestamp,
}

#[derive(FromRow)]
struct Waiting {
    target: String,
    due: Timestamp,
}

/// From one target to the next by the index, however much waits for each.
macro_rules! waiting {
    () => {
        "WITH RECURSIVE targets (target) AS (
         SELECT (SELECT target FROM deliveries
                 WHERE state = 'queued' AND destination = $1 ORDER BY target, next_try_at LIMIT 1)
         UNION ALL
         SELECT (SELECT target FROM deliveries
                 WHERE state = 'queued' AND destination = $1 AND target > targets.target
                 ORDER BY target, next_try_at LIMIT 1)
         FROM targets WHERE targets.target IS NOT NULL
     )
     SELECT target, (SELECT next_try_at FROM deliveries
                     WHERE state = 'queued' AND destination = $1 AND target = targets.target
                     ORDER BY next_try_at LIMIT 1) AS due
     FROM targets WHERE target IS NOT NULL"
    };
}

const WAITING: &str = waiting!();

/// Only the first delivery of a subject to a target is leased, the next one when that is finished: they arrive in
/// order. Mails that strangers caused may wait for long, and later ones do not wait for them.
///
/// Earlier deliveries are found by subject and state alone: whatever statistics the engines have, they are not offered
/// to read the whole queue of the target. `NOT EXISTS` is a join to PostgreSQL, which it would make by reading the
/// table.
macro_rules! lease {
    ($skip_locked:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (
                 SELECT id FROM deliveries AS candidate
                 WHERE state = 'queued' AND destination = $1 AND target = $2 AND next_try_at <= $3
                     AND (SELECT 1 FROM deliveries AS earlier
                          WHERE earlier.subject = candidate.subject AND earlier.state = candidate.state
                              AND earlier.position < candidate.position
                              AND earlier.destination || '' = $1 AND earlier.target || '' = $2
                              AND (earlier.origin || '' = 'authenticated' OR $1 <> 'mail')
                          LIMIT 1) IS NULL
                 ORDER BY next_try_at, position LIMIT $4 ",
            $skip_locked,
            ")
             UPDATE deliveries SET lease = $5, next_try_at = $6, attempts = attempts + 1, updated_at = $3
             WHERE id IN (SELECT id FROM due) RETURNING ",
            columns!()
        )
    };
}

/// On PostgreSQL, rows that another process is leasing at this moment are skipped.
const LEASE: Sql = Sql::per_engine(lease!(""), lease!("FOR UPDATE OF candidate SKIP LOCKED"));

impl Relay {
    /// Lists the targets of this relay with queued deliveries.
    pub(super) async fn queued_targets(&self) -> Result<Vec<QueuedTarget>, Error> {
        let mut targets = Vec::new();
        for destination in &self.destinations {
            let destination = destination.name();
            let waiting: Vec<Waiting> = self.database.query(WAITING, values![destination]).await?;
            let queued = |Waiting { target, due }| QueuedTarget { destination: destination.to_owned(), target, due };
            targets.extend(waiting.into_iter().map(queued));
        }
        Ok(targets)
    }

    /// Leases what is due at a target, at most `most`.
    pub(super) async fn lease_within(
        &self,
        transaction: &mut Transaction,
        queued: &QueuedTarget,
        most: usize,
    ) -> Result<Vec<(LeaseId, Delivery)>, Error> {
        let now = self.environment.now();
        let lease: LeaseId = self.environment.id();
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let (destination, target) = (queued.destination.as_str(), queued.target.as_str());
        let values = values![destination, target, now, most, lease, now + self.options.lease];
        let mut taken: Vec<Delivery> = transaction.query(LEASE, values).await?;
        taken.sort_by_key(|delivery| delivery.position);
        Ok(taken.into_iter().map(|delivery| (lease, delivery)).collect())
    }
}

#[cfg(test)]
mod tests {
    use vestibule_core::Environment;
    use vestibule_testing::TestDatabase;

    use super::*;
    use crate::MIGRATIONS;

    const EXPLAIN: Sql = Sql::per_engine(
        concat!("EXPLAIN QUERY PLAN ", lease!("")),
        concat!("EXPLAIN ", lease!("FOR UPDATE OF candidate SKIP LOCKED")),
    );

    const EXPLAIN_WAITING: Sql =
        Sql::per_engine(concat!("EXPLAIN QUERY PLAN ", waiting!()), concat!("EXPLAIN ", waiting!()));

    struct Step(String);

    impl FromRow for Step {
        fn from_row(row: &vestibule_database::Row<'_>) -> Result<Self, Error> {
            row.get("QUERY PLAN").or_else(|_| row.get("detail")).map(Self)
        }
    }

    /// By the indexes alone, however long the queue and whatever the statistics.
    async fn nothing_is_read_through(place: TestDatabase) {
        let database = place.open().await;
        database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await.unwrap();
        let now = Environment::system().now();
        for (first, state) in [(0, "sent"), (10_000, "queued"), (20_000, "queued"), (30_000, "sent")] {
            let mut transaction = database.begin().await.unwrap();
            let text = "INSERT INTO deliveries (id, event_id, position, name, subject, destination, target, state,
                            attempts, next_try_at, created_at, updated_at)
                        WITH RECURSIVE numbers (number) AS (
                            SELECT $1 + 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $1 + 10000)
                        SELECT 'dlv_' || number, 'evt_' || number, number, 'user.updated', 'user_' || (number % 2500),
                            'webhook', 'whep_1', $2, 0, $3, $3, $3 FROM numbers";
            transaction.execute(text, values![i64::from(first), state, now]).await.unwrap();
            transaction.commit().await.unwrap();
            for is_known in [false, true] {
                if is_known {
                    let mut transaction = database.begin().await.unwrap();
                    transaction.execute("ANALYZE deliveries", &[]).await.unwrap();
                    transaction.commit().await.unwrap();
                }
                let at = format!("{first} {state} {is_known}");
                let values = values!["webhook", "whep_1", now, 16_i64, "lease_1", now];
                check(&database.query(EXPLAIN, values).await.unwrap(), &["deliveries_due", "deliveries_subject"], &at);
                let values = values!["webhook"];
                check(&database.query(EXPLAIN_WAITING, values).await.unwrap(), &["deliveries_due"], &at);
            }
        }
    }

    /// Checks that these indexes and the key are used, no others, and that no table is scanned.
    fn check(steps: &[Step], indexes: &[&str], at: &str) {
        let plan: Vec<&str> = steps.iter().map(|step| step.0.as_str()).collect();
        let all =
            ["deliveries_due", "deliveries_subject", "deliveries_place", "deliveries_event", "deliveries_finished"];
        for line in &plan {
            let is_whole =
                line.contains("Seq Scan") || line.starts_with("SCAN deliveries") || line.starts_with("SCAN earlier");
            assert!(!is_whole, "{at}: {plan:#?}");
            let is_another = all.iter().any(|index| line.contains(index) && !indexes.contains(index));
            assert!(!is_another, "{at}: {plan:#?}");
        }
        assert!(indexes.iter().all(|index| plan.iter().any(|line| line.contains(index))), "{at}: {plan:#?}");
    }

    #[tokio::test]
    async fn nothing_is_read_through_on_sqlite() {
        nothing_is_read_through(TestDatabase::sqlite()).await;
    }

    #[tokio::test]
    async fn nothing_is_read_through_on_postgres() {
        nothing_is_read_through(TestDatabase::postgres().await).await;
    }
}
