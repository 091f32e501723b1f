//! kill -9 between commit and delivery, and between delivery and its record: nothing is lost, and repetitions have the
//! same id (security.md 35).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;
use vestibule::database::Database;
use vestibule_testing::on_both_engines;

use super::receiver::{Message, Receiver};
use super::{invite, mails};
use crate::support::rows::{number, texts};
use crate::support::{Place, until};

on_both_engines!(4 threads: committed_events_are_delivered_after_a_kill, unacknowledged_messages_are_sent_again);

/// How often the server is killed.
const ROUNDS: usize = 4;

/// Invites without a mail.
const WITHOUT_MAIL: &str = "SELECT count(*) AS value FROM outbox_events WHERE name = 'invite.created' AND NOT EXISTS (
    SELECT 1 FROM deliveries WHERE event_id = outbox_events.id AND state = 'sent')";

/// Returns events with the ids of their deliveries.
async fn ids(database: &Database) -> BTreeSet<String> {
    let text = "SELECT event_id || ' ' || destination || ' ' || id AS value FROM deliveries";
    texts(database, text, &[]).await.into_iter().collect()
}

async fn committed_events_are_delivered_after_a_kill(place: Place) {
    let place = place.with("VESTIBULE_EVENTS_LEASE", "1s");
    place.create_user("admin@example.com").await;
    let folder = place.path().join("data/mail");
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..ROUNDS {
        // The server is killed while it creates invites.
        let server = place.serve_with(&["--no-worker"]).await;
        let token = server.token_of("admin@example.com").await;
        let before = acknowledged.lock().unwrap().len();
        let mut asking = JoinSet::new();
        for client in 0..4 {
            let mut admin = server.client().with_token(&token);
            let acknowledged = Arc::clone(&acknowledged);
            asking.spawn(async move {
                for count in 0.. {
                    let body = json!({ "email": format!("{round}-{client}-{count}@example.com") });
                    let Ok(answer) = admin.try_ask(Method::POST, "/admin/invites", Some(body)).await else { return };
                    let id = answer.ok()["invite"]["id"].as_str().unwrap().to_owned();
                    acknowledged.lock().unwrap().insert(id);
                }
            });
        }
        let made = before + 20 + 9 * round;
        until("invites", async || (acknowledged.lock().unwrap().len() >= made).then_some(())).await;
        server.kill().await;
        asking.join_all().await;

        // A delivering server is killed after its first mails; the next one delivers the rest.
        let delivered = mails(&folder).len();
        let worker = place.work_with(&[]).await;
        until("the first mails", async || (mails(&folder).len() > delivered + 2 * round).then_some(())).await;
        worker.kill().await;
        let database = place.open().await;
        let known = ids(&database).await;
        let worker = place.work_with(&[]).await;
        until("all mails", async || (number(&database, WITHOUT_MAIL, &[]).await == 0).then_some(())).await;
        worker.stop().await;
        let now = ids(&database).await;
        assert!(known.is_subset(&now), "ids have changed: {:?}", known.difference(&now).collect::<Vec<_>>());
        let events: BTreeSet<_> = now.iter().map(|line| line.split_once(' ').unwrap().0).collect();
        assert_eq!(events.len(), now.len(), "an event has two deliveries");
    }
    let database = place.open().await;
    let sent_invites = "SELECT subject AS value FROM deliveries WHERE state = 'sent' AND name = 'invite.created'";
    let sent_invites = texts(&database, sent_invites, &[]).await;
    let subjects: BTreeSet<String> = sent_invites.iter().cloned().collect();
    assert_eq!(subjects.len(), sent_invites.len(), "an invite has two deliveries");
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.is_subset(&subjects), "lost: {:?}", acknowledged.difference(&subjects).collect::<Vec<_>>());
    let sent = texts(&database, "SELECT id AS value FROM deliveries WHERE state = 'sent'", &[]).await;
    assert_eq!(mails(&folder), sent.into_iter().collect());
}

async fn unacknowledged_messages_are_sent_again(place: Place) {
    let mut receiver = Receiver::start().await;
    let place = place.with("VESTIBULE_EVENTS_LEASE", "1s");
    let place = place.with("VESTIBULE_WEBHOOKS_ALLOWED_NETWORKS", "127.0.0.0/8");
    let (mut server, mut admin) = place.serve_admin().await;
    let webhook = json!({ "url": receiver.url, "events": ["invite.created"] });
    admin.post("/admin/webhooks", webhook).await.ok();
    let token = server.token_of("admin@example.com").await;
    let database = place.open().await;
    let mut seen = Seen::default();
    let mut invited = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut admin = server.client().with_token(&token);
        for count in 0..3 {
            invited.insert(invite(&mut admin, &format!("{round}-{count}@example.com")).await);
        }
        // The message has arrived, but the acknowledgement is lost.
        let message = receiver.next().await;
        let id = message.id.clone();
        seen.take(&message);
        server.kill().await;
        message.take();
        server = place.serve().await;
        let mut again = false;
        let unsent = "SELECT count(*) AS value FROM outbox_events WHERE name = 'invite.created' AND NOT EXISTS (
            SELECT 1 FROM deliveries WHERE event_id = outbox_events.id AND destination = 'webhook' AND state = 'sent')";
        until("all messages", async || {
            while let Some(message) = receiver.next_now() {
                again |= message.id == id;
                seen.take(&message);
                message.take();
            }
            (number(&database, unsent, &[]).await == 0).then_some(())
        })
        .await;
        assert!(again, "an unacknowledged message was not sent again");
    }
    server.stop().await;
    assert_eq!(seen.subjects, invited, "lost");
    // One id each, among everything received and in the database.
    assert_eq!(seen.bodies.len(), invited.len());
    let text = "SELECT id AS value FROM deliveries WHERE destination = 'webhook' AND state = 'sent'";
    let sent: BTreeSet<String> = texts(&database, text, &[]).await.into_iter().collect();
    assert_eq!(sent, seen.bodies.keys().cloned().collect());
}

/// The received messages: bodies by their ids.
#[derive(Default)]
struct Seen {
    bodies: BTreeMap<String, String>,
    subjects: BTreeSet<String>,
}

impl Seen {
    /// Records a message; a repetition must be identical.
    fn take(&mut self, message: &Message) {
        let first = self.bodies.entry(message.id.clone()).or_insert_with(|| message.body.clone());
        assert_eq!(*first, message.body, "{}", message.id);
        let body: Json = serde_json::from_str(&message.body).unwrap();
        assert_eq!(body["type"], "invite.created");
        self.subjects.insert(body["data"]["id"].as_str().unwrap().to_owned());
    }
}
