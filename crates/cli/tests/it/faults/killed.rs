//! kill -9 at any moment under load: what was acknowledged exists after the next start, and nothing is half done.

use std::sync::Arc;

use vestibule::core::Random;
use vestibule::database::{Database, Engine};
use vestibule_testing::SeededRandom;

use super::check::check;
use super::ledger::{HABITS, Habit, Ledger};
use super::load::Load;
use crate::support::rows::number;
use crate::support::{Place, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_fifty_moments_on_sqlite() {
    killed(Place::sqlite(), 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_ten_moments_on_postgres() {
    killed(Place::postgres().await, 10).await;
}

/// The writes that are counted until the kill, and how many at most. Accepting and deleting take longer.
const MOMENTS: [(Habit, u32); HABITS] =
    [(Habit::Invite, 60), (Habit::AcceptInvite, 16), (Habit::UpdateUser, 60), (Habit::DeleteUser, 40)];

async fn killed(place: Place, rounds: u32) {
    let random = SeededRandom::new(33);
    let ledger = Arc::new(Ledger::default());
    let (mut server, admin) = place.serve_admin().await;
    drop(admin);
    // The session is a row and the secret is kept, so this token is valid at all later servers.
    let token = server.token_of("admin@example.com").await;
    for round in 0..rounds {
        // Not after a time but after a number of messages of one kind, so that the moment does not depend on the
        // machine's speed, and a write is always in progress.
        let mut dice = [0; 2];
        random.fill(&mut dice);
        let (habit, most) = MOMENTS[usize::from(dice[0]) % MOMENTS.len()];
        let messages = 1 + u32::from(dice[1]) % most;
        let before = ledger.progress().messages[habit as usize];
        let mut load = Load::start(&server, &token, &format!("r{round}"), &ledger);
        load.reaches("the moment to kill", |now| now.messages[habit as usize] >= before + messages).await;
        server.kill().await;
        load.end().await;

        server = place.serve().await;
        let database = place.open().await;
        settle(&database).await;
        let entries = ledger.entries().clone();
        check(&database, &entries).await;
        // The last user before the kill can sign in after it.
        if let Some((email, _)) = entries.people.iter().rev().find(|(_, id)| !entries.deleting.contains(id)) {
            server.sign_in(email).await.get("/admin/users/me").await.ok();
        }
    }
    let progress = ledger.progress();
    let entries = ledger.entries().clone();
    println!(
        "{rounds} kills: {} writes sent, {} acknowledged: {} invites, {} accepted, {} users, {} deleted",
        progress.sent,
        progress.acknowledged,
        entries.invites.len(),
        entries.accepted.len(),
        entries.users.len(),
        entries.deleted.len()
    );
    assert_eq!(progress.refused, 0);
    assert!(progress.acknowledged > 15 * rounds, "{progress:?}");
    assert!(entries.accepted.len() > rounds as usize / 4, "{} accepted", entries.accepted.len());
    assert!(entries.deleted.len() > rounds as usize / 4, "{} deleted", entries.deleted.len());
    assert_eq!(server.stop().await.out.len(), 1);
    check(&place.open().await, &entries).await;
}

/// PostgreSQL may still finish statements of a killed client: rows must not change while they are compared.
pub(super) async fn settle(database: &Database) {
    if database.engine() == Engine::Postgres {
        let running = "SELECT count(*) AS value FROM pg_stat_activity WHERE application_name = 'vestibule'
                       AND datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
        until("the killed server's work ends", async || (number(database, running, &[]).await == 0).then_some(()))
            .await;
    }
}
