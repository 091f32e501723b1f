//! Several processes share the work: everything is delivered, and nothing twice (security.md 35).

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_notify::{Delivery, DeliveryState, Destination, Outcome, Relay, RelayOptions, Target};
use vestibule_outbox::{Event, FeedEvent, record};
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(a_pass_looks_past_what_goes_nowhere);
on_both_engines!(4 threads: ten_thousand_events_by_three_relays);

const EVENTS: usize = 10_000;
const SUBJECTS: usize = 2_500;

async fn ten_thousand_events_by_three_relays(site: Site) {
    let mut relays = tokio::task::JoinSet::new();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    for _ in 0..3 {
        let relay = site.relay_on(site.place.open().await);
        let mut stopped = stopped.clone();
        relays.spawn(async move { relay.run(async { drop(stopped.wait_for(|stop| *stop).await) }).await });
    }
    for batch in 0..EVENTS / 100 {
        let recorded: Result<(), Error> = async {
            transaction!(site.database, |transaction| {
                for number in 0..100 {
                    let subject = format!("subject {}", (batch * 100 + number) % SUBJECTS);
                    record(transaction, &site.environment, "thing.happened", &subject, json!({})).await?;
                }
                Ok(())
            })
        }
        .await;
        recorded.unwrap();
    }
    let all = async {
        while site.sink.got.lock().unwrap().len() < EVENTS {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), all).await.expect("not everything was delivered");
    stop.send(true).unwrap();
    relays.join_all().await;
    let deliveries = site.deliveries().await;
    assert_eq!(deliveries.len(), EVENTS);
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Sent && delivery.attempts == 1));
    let mut times: BTreeMap<_, usize> = BTreeMap::new();
    for id in site.sink.ids() {
        *times.entry(id).or_default() += 1;
    }
    assert_eq!(times.len(), EVENTS);
    assert!(times.values().all(|times| *times == 1), "something was delivered twice without a fault");
    // In the order in which they happened, each subject's.
    let mut seen: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (id, subject) in site.sink.got.lock().unwrap().iter() {
        seen.entry(subject.clone()).or_default().push(*id);
    }
    let mut happened: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for delivery in deliveries {
        happened.entry(delivery.subject).or_default().push(delivery.id);
    }
    assert_eq!(seen, happened);
}

/// A destination that receives the events of one subject.
struct Picky;

#[async_trait]
impl Destination for Picky {
    fn name(&self) -> &str {
        "picky"
    }

    async fn targets(&self, _: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        let wanted = events.iter().filter(|placed| placed.event.subject == "wanted");
        Ok(wanted.map(|placed| Target { position: placed.position, target: String::new() }).collect())
    }

    async fn deliver(&self, _: &Delivery, _: &Event) -> Outcome {
        Outcome::Sent { recipient: None, status: None }
    }
}

async fn a_pass_looks_past_what_goes_nowhere(site: Site) {
    // More than one batch of planning.
    for _ in 0..450 {
        site.happen("unwanted").await;
    }
    site.happen("wanted").await;
    let relay = Relay::new(site.database.clone(), site.environment.clone(), RelayOptions::default());
    assert_eq!(relay.with_destination(Picky).pass().await.unwrap(), 1);
    assert_eq!(site.only_delivery().await.state, DeliveryState::Sent);
}
