//! Several processes deliver from one database: each mail goes out once, and they end when they are asked to.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use vestibule::database::Engine;
use vestibule_testing::on_both_engines;

use super::{invite, mails};
use crate::support::process::Ended;
use crate::support::rows::{number, texts};
use crate::support::{Place, until};

on_both_engines!(
    4 threads: of_three_processes_one_sends_each_mail, without_a_worker_nothing_is_delivered,
    what_a_command_has_done_is_delivered_soon,
);

/// How many are invited.
const MANY: usize = 300;

/// How many ask at once.
const CLIENTS: usize = 6;

/// How long a process may take to end, on a machine that builds and tests at the same time.
const SOON: Duration = Duration::from_secs(10);

async fn of_three_processes_one_sends_each_mail(place: Place) {
    let folders: Vec<PathBuf> = (0..3).map(|number| place.path().join(format!("mails-{number}"))).collect();
    let argument = |number: usize| folders[number].to_str().unwrap();
    place.create_user("admin@example.com").await;
    let server = place.serve_with(&["--mail-directory", argument(0)]).await;
    let workers = [
        place.work_with(&["--mail-directory", argument(1)]).await,
        place.work_with(&["--mail-directory", argument(2)]).await,
    ];
    let token = server.token_of("admin@example.com").await;
    let mut asking = JoinSet::new();
    for client in 0..CLIENTS {
        let mut admin = server.client().with_token(&token);
        asking.spawn(async move {
            for count in 0..MANY / CLIENTS {
                invite(&mut admin, &format!("{client}-{count}@example.com")).await;
            }
        });
    }
    asking.join_all().await;
    let database = place.open().await;
    let engine = database.engine();
    let unsent = "SELECT count(*) AS value FROM outbox_events WHERE name = 'invite.created' AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE event_id = outbox_events.id AND state = 'sent')";
    until("all mails", async || (number(&database, unsent, &[]).await == 0).then_some(())).await;
    let text = "SELECT id AS value FROM deliveries WHERE name = 'invite.created'";
    let ids: BTreeSet<String> = texts(&database, text, &[]).await.into_iter().collect();
    assert_eq!(ids.len(), MANY);
    let tried_again = "SELECT count(*) AS value FROM deliveries WHERE attempts <> 1 OR reason IS NOT NULL";
    assert_eq!(number(&database, tried_again, &[]).await, 0);
    drop(database);

    let began = Instant::now();
    let mut ended: Vec<Ended> = Vec::new();
    for worker in workers {
        ended.push(worker.stop().await);
    }
    ended.push(server.stop().await);
    assert!(began.elapsed() < SOON * 3, "{:?}", began.elapsed());
    for line in ended.iter().flat_map(|ended| &ended.err) {
        assert!(!line.contains("WARN") && !line.contains("ERROR"), "{line}");
    }
    let sent: Vec<BTreeSet<String>> = folders.iter().map(|folder| mails(folder)).collect();
    let counts: Vec<usize> = sent.iter().map(BTreeSet::len).collect();
    println!("{engine:?}: {counts:?} mails of three processes");
    // The folders hold mails of other events too, none of them twice.
    let all: BTreeSet<&String> = sent.iter().flatten().collect();
    assert_eq!(counts.iter().sum::<usize>(), all.len(), "a mail was sent by two");
    assert!(ids.iter().all(|id| all.contains(id)), "a mail was sent by nobody");
    if engine == Engine::Sqlite {
        assert_eq!(
            place.files("data"),
            ["jwt_secret", "vestibule.db"],
            "a good end leaves nothing beside the database"
        );
    }
}

async fn without_a_worker_nothing_is_delivered(place: Place) {
    let place = place.with("VESTIBULE_MAIL_DIRECTORY", "of-the-server");
    place.create_user("admin@example.com").await;
    let server = place.serve_with(&["--no-worker"]).await;
    let configured = place.serve_with(&["--events-worker", "false"]).await;
    let mut admin = server.sign_in("admin@example.com").await;
    for count in 0..20 {
        invite(&mut admin, &format!("{count}@example.com")).await;
    }
    // Another one delivers all of them, so there was time enough for the servers.
    let worker = place.work_with(&["--mail-directory", "of-the-worker"]).await;
    let folder = place.path().join("of-the-worker");
    until("all mails", async || (mails(&folder).len() >= 20).then_some(())).await;
    assert!(!place.path().join("of-the-server").exists());
    for ended in [worker.stop().await, server.stop().await, configured.stop().await] {
        assert_eq!(ended.status.code(), Some(0));
    }
    assert!(!place.path().join("of-the-server").exists());
}

/// The process that delivers is told; it does not find out when it next looks, which it does every five seconds.
async fn what_a_command_has_done_is_delivered_soon(place: Place) {
    let server = place.serve().await;
    let folder = place.path().join("data/mail");
    let mut fastest = SOON;
    for count in 0..4 {
        place.ok(&format!("invite create --email {count}@example.com")).await;
        let began = Instant::now();
        until("the mail", async || (mails(&folder).len() > count).then_some(())).await;
        // It has looked just now, so the next one would take almost that long if nobody told.
        fastest = if count == 0 { SOON } else { fastest.min(began.elapsed()) };
    }
    println!("{:?}: the mail of a command after {fastest:?}", place.open().await.engine());
    assert!(fastest < Duration::from_secs(2), "{fastest:?}");
    server.stop().await;
}
