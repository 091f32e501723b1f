//! The loop: it wakes at once, and finishes before it ends.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;
use vestibule_database::{Error, Transaction};
use vestibule_notify::{Delivery, DeliveryState, Destination, Outcome, Relay, RelayOptions, Target};
use vestibule_outbox::{Event, FeedEvent};
use vestibule_testing::on_both_engines;

use crate::support::{HOUR, Sink, Site};

on_both_engines!(
    it_wakes_at_a_commit,
    running_deliveries_finish_on_stop,
    what_cannot_be_written_keeps_nothing_else_from_it,
    what_cannot_be_written_for_as_long_as_its_lease_is_left,
);

/// Less than the polling interval.
const AT_ONCE: Duration = Duration::from_secs(3);

async fn until_delivered(site: &Site, count: usize) {
    while site.sink.ids().len() < count {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn it_wakes_at_a_commit(site: Site) {
    let relay = site.relay();
    let (stop, stopped) = oneshot::channel::<()>();
    let events = async {
        for count in 1..=5 {
            site.happen("a").await;
            tokio::time::timeout(AT_ONCE, until_delivered(&site, count)).await.expect("it slept");
        }
        drop(stop);
    };
    tokio::join!(relay.run(async { drop(stopped.await) }), events);
}

async fn running_deliveries_finish_on_stop(site: Site) {
    site.sink.close_gate(None);
    site.happen("a").await;
    let relay = site.relay();
    let (stop, stopped) = oneshot::channel::<()>();
    let events = async {
        while site.deliveries().await.first().is_none_or(|delivery| delivery.attempts == 0) {
            tokio::task::yield_now().await;
        }
        drop(stop);
        site.sink.gate.add_permits(10);
    };
    tokio::join!(relay.run(async { drop(stopped.await) }), events);
    assert_eq!(site.only_delivery().await.state, DeliveryState::Sent);
}

/// An embedding program's destination, whose own code fails for one subject when a delivery is finished.
struct Faulty(Sink, fn() -> Error);

#[async_trait]
impl Destination for Faulty {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn targets(&self, transaction: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        self.0.targets(transaction, events).await
    }

    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome {
        self.0.deliver(delivery, event).await
    }

    async fn finished(&self, _: &mut Transaction, delivery: &Delivery, _: &Outcome) -> Result<(), Error> {
        if delivery.subject == "bad" { Err(self.1()) } else { Ok(()) }
    }
}

async fn what_cannot_be_written_keeps_nothing_else_from_it(site: Site) {
    let relay = Relay::new(site.database.clone(), site.environment.clone(), RelayOptions::default())
        .with_destination(Faulty(site.sink.clone(), || Error::Other("it fails".into())));
    for subject in ["a", "bad", "b", "c"] {
        site.happen(subject).await;
    }
    assert!(relay.pass().await.is_err());
    let states = async || site.deliveries().await.iter().map(|delivery| delivery.state).collect::<Vec<_>>();
    let [sent, queued] = [DeliveryState::Sent, DeliveryState::Queued];
    assert_eq!(states().await, [sent, queued, sent, sent]);
    assert_eq!(relay.pass().await.unwrap(), 0, "its lease has not ended");
    site.clock.advance(HOUR);
    site.happen("d").await;
    assert!(relay.pass().await.is_err());
    assert_eq!(states().await, [sent, queued, sent, sent, sent]);
    assert_eq!(site.sink.subjects().iter().filter(|subject| *subject == "bad").count(), 2);
    // By the loop as well, which ends all the same.
    site.clock.advance(HOUR);
    let (stop, stopped) = oneshot::channel::<()>();
    let events = async {
        site.happen("e").await;
        while states().await.get(5) != Some(&sent) {
            tokio::task::yield_now().await;
        }
        drop(stop);
    };
    tokio::join!(relay.run(async { drop(stopped.await) }), events);
    assert_eq!(states().await, [sent, queued, sent, sent, sent, sent]);
}

/// Like a statement that always takes too long, which looks like a busy database.
async fn what_cannot_be_written_for_as_long_as_its_lease_is_left(site: Site) {
    let relay = Relay::new(site.database.clone(), site.environment.clone(), RelayOptions::default())
        .with_destination(Faulty(site.sink.clone(), || Error::Unavailable("it takes too long".into())));
    site.happen("bad").await;
    let (stop, stopped) = oneshot::channel::<()>();
    let events = async {
        until_delivered(&site, 1).await;
        site.clock.advance(HOUR);
        site.happen("a").await;
        // A lease is not enough: the delivery itself begins after it.
        while !site.sink.subjects().contains(&"a".to_owned()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(stop);
    };
    // Whether it ends on its own is not the question here: an outcome that it cannot write would delay it.
    let run = async {
        tokio::select! {
            () = relay.run(std::future::pending()) => {}
            _ = stopped => {}
        }
    };
    let both = tokio::time::timeout(HOUR / 60, async { tokio::join!(run, events) }).await;
    assert!(both.is_ok(), "it is stuck: {:?}", site.sink.subjects());
}
