//! Reports how far the building of an index is, while it runs.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, Row};

/// How often to report.
const INTERVAL: Duration = Duration::from_secs(5);

/// Found by name: behind a pooler, the process that builds is not known.
const PROGRESS: &str =
    "SELECT phase, blocks_done, blocks_total, tuples_done, tuples_total FROM pg_catalog.pg_stat_progress_create_index
     WHERE datname = current_database() AND index_relid = to_regclass($1)::oid";

/// Logs the progress of an index again and again, until it is dropped.
pub(super) async fn report(watcher: &Client, index: &str) {
    let began = Instant::now();
    loop {
        sleep(INTERVAL).await;
        // An engine without the view reports nothing.
        let Ok(Some(row)) = watcher.query_opt(PROGRESS, &[&index]).await else { continue };
        let Some(stage) = Stage::read(&row) else { continue };
        tracing::info!("building the index {index}: {}", stage.describe(began.elapsed()));
    }
}

/// What PostgreSQL does at the moment, and how much of it is done.
struct Stage {
    phase: String,
    done: f64,
}

impl Stage {
    fn read(row: &Row) -> Option<Self> {
        let part = |done: &str, total: &str| {
            let [done, total] = [done, total].map(|column| row.try_get::<_, i64>(column).unwrap_or_default());
            if total > 0 { done as f64 / total as f64 } else { 0.0 }
        };
        // One of the two has a total, depending on the phase.
        let done = part("blocks_done", "blocks_total").max(part("tuples_done", "tuples_total"));
        Some(Self { phase: row.try_get("phase").ok()?, done: done.min(1.0) })
    }

    /// The share of the whole that is done. The table is read twice: to fill the index, and to find what was written in the meantime. How
    /// long the phases take in proportion was measured with a million users.
    fn share(&self) -> Option<f64> {
        let (from, to) = match self.phase.as_str() {
            "building index: sorting live tuples" | "building index: sorting tuples per-process" => (0.6, 0.6),
            "building index: loading tuples in tree" => (0.6, 0.8),
            "index validation: scanning index" => (0.8, 0.85),
            "index validation: sorting tuples" => (0.85, 0.85),
            "index validation: scanning table" => (0.85, 1.0),
            phase if phase.starts_with("building index") => (0.0, 0.6),
            _ => return None,
        };
        Some(from + (to - from) * self.done)
    }

    fn describe(&self, elapsed: Duration) -> String {
        if self.phase.starts_with("waiting for") {
            return format!("{}, which began before it; {:.0} s so far", self.phase, elapsed.as_secs_f64());
        }
        match self.share() {
            Some(share) if share > 0.0 => {
                let left = elapsed.as_secs_f64() * (1.0 - share) / share;
                format!("{:.0} % done, about {left:.0} s left", share * 100.0)
            }
            _ => format!("{}, {:.0} s so far", self.phase, elapsed.as_secs_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(phase: &str, done: f64) -> String {
        Stage { phase: phase.to_owned(), done }.describe(Duration::from_secs(30))
    }

    #[test]
    fn what_is_left_follows_from_what_is_done() {
        assert_eq!(stage("building index: scanning table", 0.5), "30 % done, about 70 s left");
        assert_eq!(stage("building index", 1.0), "60 % done, about 20 s left");
        assert_eq!(stage("index validation: scanning table", 1.0), "100 % done, about 0 s left");
    }

    #[test]
    fn what_it_waits_for_is_named() {
        assert_eq!(
            stage("waiting for old snapshots", 0.0),
            "waiting for old snapshots, which began before it; 30 s so far"
        );
        assert_eq!(stage("initializing", 0.0), "initializing, 30 s so far");
    }
}
