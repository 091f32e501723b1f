//! PostgreSQL that is connected but silent: a firewall has dropped its state.

use std::sync::Arc;
use std::time::Duration;

use vestibule_testing::postgres;
use vestibule_testing::proxy::Proxy;

use super::check::check;
use super::ledger::Ledger;
use super::load::Load;
use crate::support::{Place, until_within};

/// The configured statement timeout, two seconds for the server's own cancellation, and some more for a busy machine.
const BOUND: Duration = Duration::from_secs(8);

const RECOVERY: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_waits_for_ever() {
    let behind = postgres::database().await;
    let (proxy, url) = Proxy::before(behind.url()).await;
    let place = Place::configured(&url)
        .with("VESTIBULE_DATABASE_STATEMENT_TIMEOUT", "1s")
        .with("VESTIBULE_DATABASE_CONNECT_TIMEOUT", "1s")
        .with("VESTIBULE_DATABASE_ACQUIRE_TIMEOUT", "1s");
    let (server, mut admin) = place.serve_admin().await;
    let token = server.token_of("admin@example.com").await;
    let ledger = Arc::new(Ledger::default());
    let mut load = Load::start(&server, &token, "load", &ledger);
    for (what, fault) in [("silent", Proxy::silence as fn(&Proxy)), ("cut", Proxy::cut)] {
        let before = ledger.progress();
        load.reaches("the load runs", |now| now.acknowledged >= before.acknowledged + 60).await;
        fault(&proxy);
        load.reaches("writes are refused", |now| now.refused >= before.refused + 12).await;
        let answer = admin.get("/admin/users/me").await;
        assert_eq!(answer.status, 503, "{what}: {answer:?}");
        assert!(answer.took < BOUND, "{what}: {answer:?}");
        let health = server.client().get("/health").await;
        assert_eq!((health.status.as_u16(), health.took < Duration::from_secs(1)), (200, true), "{what}: {health:?}");
        let refused = ledger.progress();

        proxy.mend();
        let ready = async || (server.client().get("/health/ready").await.status == 200).then_some(());
        let ((), until_ready) = until_within("the server is ready again", RECOVERY, ready).await;
        let written = async || (ledger.progress().acknowledged > refused.acknowledged + 6).then_some(());
        let ((), until_written) = until_within("the server writes again", RECOVERY, written).await;
        println!(
            "{what}: the slowest of {} refusals took {:?}; ready after {until_ready:?}, writing {until_written:?} later",
            refused.refused, refused.slowest_refusal
        );
    }
    load.stop().await;
    assert!(ledger.progress().slowest_refusal < BOUND, "{:?}", ledger.progress());
    let entries = ledger.entries().clone();
    check(&Place::configured(behind.url()).open().await, &entries).await;
    server.stop().await;
}
