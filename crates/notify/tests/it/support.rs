//! An outbox with a relay, and a destination with prepared outcomes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::Semaphore;
use vestibule_core::Environment;
use vestibule_database::{Database, Error, Migrations, Transaction, transaction};
use vestibule_notify::{
    Delivery, DeliveryId, DeliveryQuery, Destination, MIGRATIONS, Outcome, Relay, RelayOptions, Target,
};
use vestibule_outbox::{Event, EventId, FeedEvent, record};
use vestibule_testing::{SetUp, TestClock, TestDatabase, test_environment};

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

pub(crate) struct Site {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
    pub(crate) clock: TestClock,
    pub(crate) place: Arc<TestDatabase>,
    pub(crate) sink: Sink,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &[vestibule_outbox::MIGRATIONS, vestibule_audit::MIGRATIONS, MIGRATIONS];

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        database.migrate(Self::TABLES).await.unwrap();
        let (environment, clock) = test_environment();
        Self { database, environment, clock, place, sink: Sink::default() }
    }
}

/// Records an event about a subject, in a transaction of its own.
pub(crate) async fn happen(database: &Database, environment: &Environment, subject: &str) -> EventId {
    let recorded: Result<EventId, Error> = async {
        transaction!(database, |transaction| {
            record(transaction, environment, "thing.happened", subject, json!({ "id": subject })).await
        })
    }
    .await;
    recorded.unwrap()
}

impl Site {
    pub(crate) fn relay(&self) -> Relay {
        self.relay_on(self.database.clone())
    }

    pub(crate) fn relay_on(&self, database: Database) -> Relay {
        Relay::new(database, self.environment.clone(), RelayOptions::default()).with_destination(self.sink.clone())
    }

    pub(crate) async fn happen(&self, subject: &str) -> EventId {
        happen(&self.database, &self.environment, subject).await
    }

    /// All deliveries, oldest first.
    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        let query = DeliveryQuery { take: 100_000, ..DeliveryQuery::default() };
        let (mut found, _) = self.relay().deliveries().list_and_count(&query).await.unwrap();
        found.reverse();
        found
    }

    pub(crate) async fn only_delivery(&self) -> Delivery {
        let mut all = self.deliveries().await;
        let (_, count) = self.relay().deliveries().list_and_count(&DeliveryQuery::default()).await.unwrap();
        assert_eq!(count, 1);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }
}

/// A destination that stores what it receives, with prepared outcomes; by default it has arrived.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) got: Arc<Mutex<Vec<(DeliveryId, String)>>>,
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
    /// Each attempt takes one permit; without any it waits.
    pub(crate) gate: Arc<Semaphore>,
    /// The targets of each event; one without a name if empty.
    targets: Arc<Mutex<Vec<String>>>,
    /// The target that waits at the gate; `None` for all.
    stuck: Arc<Mutex<Option<String>>>,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            got: Arc::default(),
            outcomes: Arc::default(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            targets: Arc::default(),
            stuck: Arc::default(),
        }
    }
}

impl Sink {
    pub(crate) fn respond(&self, outcome: Outcome) {
        self.outcomes.lock().unwrap().push_back(outcome);
    }

    pub(crate) fn have_targets(&self, targets: &[&str]) {
        *self.targets.lock().unwrap() = targets.iter().map(|target| (*target).to_owned()).collect();
    }

    /// From now on each attempt waits at the gate.
    pub(crate) fn close_gate(&self, target: Option<&str>) {
        *self.stuck.lock().unwrap() = target.map(str::to_owned);
        self.gate.forget_permits(usize::MAX);
    }

    pub(crate) fn ids(&self) -> Vec<DeliveryId> {
        self.got.lock().unwrap().iter().map(|(id, _)| *id).collect()
    }

    pub(crate) fn subjects(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|(_, subject)| subject.clone()).collect()
    }
}

#[async_trait]
impl Destination for Sink {
    fn name(&self) -> &str {
        "sink"
    }

    async fn targets(&self, _: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        let mut targets = self.targets.lock().unwrap().clone();
        if targets.is_empty() {
            targets.push(String::new());
        }
        let of = |placed: &FeedEvent| {
            let position = placed.position;
            targets.clone().into_iter().map(move |target| Target { position, target })
        };
        Ok(events.iter().flat_map(of).collect())
    }

    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome {
        assert_eq!((event.id, &event.subject), (delivery.event_id, &delivery.subject));
        let waits = self.stuck.lock().unwrap().as_ref().is_none_or(|stuck| *stuck == delivery.target);
        if waits {
            self.gate.acquire().await.unwrap().forget();
        }
        self.got.lock().unwrap().push((delivery.id, format!("{}{}", delivery.target, event.subject)));
        let outcome = self.outcomes.lock().unwrap().pop_front();
        outcome.unwrap_or(Outcome::Sent { recipient: Some("somewhere".to_owned()), status: None })
    }
}

pub(crate) fn again(reason: &str) -> Outcome {
    Outcome::Again { reason: reason.into(), recipient: None, status: None, after: None, is_unreachable: false }
}

pub(crate) fn unreachable() -> Outcome {
    Outcome::Again { reason: "unreachable".into(), recipient: None, status: None, after: None, is_unreachable: true }
}
