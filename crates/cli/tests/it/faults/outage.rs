//! PostgreSQL, stopped hard and restarted under load.

use std::sync::Arc;
use std::time::Duration;

use vestibule_testing::postgres::PrivateCluster;

use super::check::check;
use super::ledger::Ledger;
use super::load::Load;
use crate::support::{Place, until, until_within};

/// How soon it must serve again after its database is back (security.md 34).
const RECOVERY: Duration = Duration::from_secs(10);

/// How soon it must refuse requests: the time that a request waits for a connection.
const QUICK: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_during_an_outage_are_refused_and_then_served_again() {
    let mut cluster = PrivateCluster::start().await;
    let place = Place::configured(&cluster.url());
    let (server, mut admin) = place.serve_admin().await;
    let token = server.token_of("admin@example.com").await;
    let ledger = Arc::new(Ledger::default());
    let mut load = Load::start(&server, &token, "load", &ledger);
    let mut stranger = server.client();
    for round in 1..=3 {
        let before = ledger.progress();
        load.reaches("the load runs", |now| now.acknowledged >= before.acknowledged + 60).await;
        cluster.kill();

        until("the server notices", async || (stranger.get("/health/ready").await.status == 503).then_some(())).await;
        load.reaches("writes are refused", |now| now.refused >= before.refused + 30).await;
        for path in ["/health/ready", "/admin/users/me", "/admin/invites"] {
            let answer = admin.get(path).await;
            assert_eq!(answer.status, 503, "{path}: {}", answer.body);
            assert!(answer.retry_after().is_some_and(|seconds| seconds > 0), "{path}: {answer:?}");
            assert!(answer.took < QUICK, "{path}: {answer:?}");
        }
        // The process is healthy, and no supervisor should restart it.
        for path in ["/health", "/health/live"] {
            assert_eq!(stranger.get(path).await.body, "OK");
        }
        let refused = ledger.progress();

        cluster.start_again().await;
        let ready = async || (stranger.get("/health/ready").await.status == 200).then_some(());
        let ((), until_ready) = until_within("the server is ready again", RECOVERY, ready).await;
        let written = async || (ledger.progress().acknowledged > refused.acknowledged + 6).then_some(());
        let ((), until_written) = until_within("the server writes again", RECOVERY, written).await;
        admin.get("/admin/users/me").await.ok();
        println!(
            "outage {round}: {} writes acknowledged, {} refused, the slowest refusal took {:?}; ready {until_ready:?} after \
             PostgreSQL was, writing {until_written:?} after that",
            refused.acknowledged, refused.refused, refused.slowest_refusal
        );
    }
    load.stop().await;
    let progress = ledger.progress();
    assert!(progress.slowest_refusal < QUICK, "{progress:?}");
    let entries = ledger.entries().clone();
    check(&place.open().await, &entries).await;
    let log = server.log();
    assert!(!log.contains("panicked") && !log.contains(" 500"), "{log}");
    // Nothing prevents it from stopping.
    server.stop().await;
}
