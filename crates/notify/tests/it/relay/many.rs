//! Several processes share the work: everything is delivered, and nothing twice (security.md 35).

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use vestibule_database::{Error, transaction};
use vestibule_notify::DeliveryState;
use vestibule_outbox::record;
use vestibule_testing::on_both_engines;

use crate::support::Site;

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
