//! Several processes deliver from one database: each mail is sent once, and they stop when asked to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::task::JoinSet;
use tokio::time::Instant;
use vestibule::core::Environment;
use vestibule::database::{Engine, Error as DatabaseError, transaction};
use vestibule::outbox::record;
use vestibule_testing::on_both_engines;

use super::receiver::Receiver;
use super::{invite, mails};
use crate::support::process::Ended;
use crate::support::rows::{number, texts};
use crate::support::{Place, until};

on_both_engines!(
    4 threads: three_processes_send_each_mail_once, three_processes_send_ten_thousand_events_once, without_a_worker_nothing_is_delivered,
    deliveries_of_a_command_are_sent_soon,
);

/// The number of invites.
const MANY: usize = 300;

/// The number of clients.
const CLIENTS: usize = 6;

/// How long a process may take to stop, on a busy machine.
const SOON: Duration = Duration::from_secs(10);

async fn three_processes_send_each_mail_once(place: Place) {
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
    // The folders also contain mails of other events, each once.
    let all: BTreeSet<&String> = sent.iter().flatten().collect();
    assert_eq!(counts.iter().sum::<usize>(), all.len(), "a mail was sent twice");
    assert!(ids.iter().all(|id| all.contains(id)), "a mail was not sent");
    if engine == Engine::Sqlite {
        assert_eq!(
            place.files("data"),
            ["jwt_secret", "vestibule.db"],
            "a clean stop leaves nothing beside the database"
        );
    }
}

/// How many events are sent by webhook, and of how many users.
const EVENTS: usize = 10_000;
const USERS: usize = 2_500;

async fn three_processes_send_ten_thousand_events_once(place: Place) {
    let place = place.with("VESTIBULE_WEBHOOKS_ALLOWED_NETWORKS", "127.0.0.0/8");
    place.create_user("admin@example.com").await;
    let server = place.serve().await;
    let workers = [place.work_with(&[]).await, place.work_with(&[]).await];
    let mut admin = server.sign_in("admin@example.com").await;
    let mut receiver = Receiver::start().await;
    let webhook = json!({ "url": receiver.url, "events": ["user.updated"] });
    admin.post("/admin/webhooks", webhook).await.ok();

    let database = place.open().await;
    let environment = Environment::system();
    let happen = async {
        for number in (0..EVENTS).step_by(100) {
            let recorded: Result<(), DatabaseError> = async {
                transaction!(database, |transaction| {
                    for number in number..number + 100 {
                        let user = format!("user_{}", number % USERS);
                        let data = json!({ "id": user, "number": number });
                        record(transaction, &environment, "user.updated", &user, data).await?;
                    }
                    Ok(())
                })
            }
            .await;
            recorded.unwrap();
        }
    };
    let receive = async {
        let mut received: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
        for _ in 0..EVENTS {
            let message = receiver.next().await;
            let body: Json = serde_json::from_str(&message.body).unwrap();
            let of = |key: &str| body["data"][key].clone();
            let user = of("id").as_str().unwrap().to_owned();
            received.entry(user).or_default().push((message.id.clone(), of("number").as_u64().unwrap()));
            message.take();
        }
        received
    };
    let began = Instant::now();
    let ((), received) = tokio::join!(happen, receive);
    let engine = database.engine();
    println!("{engine:?}: {EVENTS} events by three processes in {:?}", began.elapsed());
    let unwritten = "SELECT count(*) AS value FROM deliveries WHERE destination = 'webhook' AND state <> 'sent'";
    until("the results", async || (number(&database, unwritten, &[]).await == 0).then_some(())).await;
    let text = "SELECT id AS value FROM deliveries WHERE destination = 'webhook' AND attempts = 1 AND reason IS NULL";
    let ids: BTreeSet<String> = texts(&database, text, &[]).await.into_iter().collect();
    drop(database);
    for worker in workers {
        worker.stop().await;
    }
    server.stop().await;
    assert!(receiver.next_now().is_none(), "a message was sent twice");
    assert_eq!(ids.len(), EVENTS, "a message was tried twice");
    let received_ids: BTreeSet<&String> = received.values().flatten().map(|(id, _)| id).collect();
    assert_eq!(received_ids, ids.iter().collect(), "a message had an unknown or a repeated id");
    assert_eq!(received.len(), USERS);
    for (user, events) in received {
        assert!(events.is_sorted_by_key(|(_, number)| *number), "{user}: {events:?}");
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
    // Another process delivers all of them, so the servers had enough time.
    let worker = place.work_with(&["--mail-directory", "of-the-worker"]).await;
    let folder = place.path().join("of-the-worker");
    until("all mails", async || (mails(&folder).len() >= 20).then_some(())).await;
    assert!(!place.path().join("of-the-server").exists());
    for ended in [worker.stop().await, server.stop().await, configured.stop().await] {
        assert_eq!(ended.status.code(), Some(0));
    }
    assert!(!place.path().join("of-the-server").exists());
}

/// The delivering process is notified; it does not wait for its next poll, every five seconds.
async fn deliveries_of_a_command_are_sent_soon(place: Place) {
    let server = place.serve().await;
    let folder = place.path().join("data/mail");
    let mut fastest = SOON;
    for count in 0..4 {
        place.ok(&format!("invite create --email {count}@example.com")).await;
        let began = Instant::now();
        until("the mail", async || (mails(&folder).len() > count).then_some(())).await;
        // It has polled just now, so without a notification the next poll would take almost that long.
        fastest = if count == 0 { SOON } else { fastest.min(began.elapsed()) };
    }
    println!("{:?}: the mail of a command after {fastest:?}", place.open().await.engine());
    assert!(fastest < Duration::from_secs(2), "{fastest:?}");
    server.stop().await;
}
