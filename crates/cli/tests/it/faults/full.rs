//! A full disk: writes are refused with 503 and reads continue; with free space, writes continue, too (security.md 34).
//!
//! The server's files may not exceed a size (RLIMIT_FSIZE), which SQLite sees as a full disk. That needs neither a
//! separate disk nor privileges, and the limit can be lifted while the server runs.

use std::sync::Arc;

use rustix::process::{Resource, Rlimit, prlimit};

use super::check::check;
use super::ledger::Ledger;
use super::load::Load;
use crate::support::{Place, Server};

/// Limits the size of the server's files in bytes; `None` for no limit.
fn limit(server: &Server, bytes: Option<u64>) {
    prlimit(Some(server.pid()), Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_continue_and_writes_continue_with_free_space() {
    let place = Place::sqlite();
    // By default the signal at the limit would kill the process, which a full disk does not.
    let command = place.command_by_shell("trap '' XFSZ; exec \"$@\"", ["serve", "--listen", "127.0.0.1:0"]);
    let server = Server::start(command).await.unwrap();
    place.create_user("admin@example.com").await;
    let token = server.token_of("admin@example.com").await;
    let mut admin = server.client().with_token(&token);
    let ledger = Arc::new(Ledger::default());
    let log = place.path().join("data/vestibule.db-wal");
    for round in 0..3 {
        let before = ledger.progress();
        let mut load = Load::start(&server, &token, &format!("r{round}"), &ledger);
        load.reaches("the load runs", |now| now.acknowledged >= before.acknowledged + 30).await;
        limit(&server, Some(std::fs::metadata(&log).unwrap().len() + 20_000));
        load.reaches("writes are refused", |now| now.refused >= before.refused + 30).await;
        // Reads continue, also with an index and a count.
        for path in ["/health/ready", "/admin/users/me", "/admin/invites?limit=1", "/admin/users?q=load"] {
            admin.get(path).await.ok();
        }
        let invite = ledger.entries().invites.keys().next_back().unwrap().clone();
        admin.get(&format!("/admin/invites/{invite}")).await.ok();
        let refused = ledger.progress();
        limit(&server, None);
        load.reaches("writes go on", |now| now.acknowledged >= refused.acknowledged + 30).await;
        load.stop().await;
        println!("full {round}: {refused:?}, then {:?}", ledger.progress());
    }
    let entries = ledger.entries().clone();
    check(&place.open().await, &entries).await;
    server.stop().await;
    check(&place.open().await, &entries).await;
}
