//! A process that dies, at any moment, loses nothing (security.md 35).

use std::time::Duration;

use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, RetryDeliveryError};
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(
    a_delivery_of_a_dead_process_keeps_its_id,
    a_process_that_returns_too_late_changes_nothing,
    a_running_delivery_belongs_to_one_process,
);

/// Longer than a lease.
const LONG: Duration = Duration::from_secs(3 * 60);

async fn a_delivery_of_a_dead_process_keeps_its_id(site: Site) {
    site.happen("a").await;
    site.sink.close_gate(None);
    let relay = site.relay();
    // It has the delivery, and is cancelled in the middle of it.
    tokio::select! {
        _ = relay.pass() => panic!("it went through a closed gate"),
        () = until_under_way(&site) => {}
    }
    site.sink.gate.add_permits(10);
    let another = site.relay_on(site.place.open().await);
    assert_eq!(another.pass().await.unwrap(), 0, "its lease is not over");
    site.clock.advance(LONG);
    assert_eq!(another.pass().await.unwrap(), 1);
    let delivery = site.only_delivery().await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Sent, 2));
    assert_eq!(site.sink.ids(), [delivery.id]);
}

async fn a_process_that_returns_too_late_changes_nothing(site: Site) {
    site.happen("a").await;
    site.sink.close_gate(None);
    let (late, another) = (site.relay(), site.relay_on(site.place.open().await));
    let overtaken = async {
        until_under_way(&site).await;
        site.clock.advance(LONG);
        tokio::select! {
            _ = another.pass() => panic!("it went through a closed gate"),
            () = until_attempts(&site, 2) => {}
        }
        // The first one finishes now, and reports that it has arrived.
        site.sink.gate.add_permits(1);
    };
    let (passed, ()) = tokio::join!(late.pass(), overtaken);
    assert_eq!(passed.unwrap(), 1);
    let delivery = site.only_delivery().await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Queued, 2), "the second one's lease counts");
    site.sink.gate.add_permits(10);
    site.clock.advance(LONG);
    assert_eq!(another.pass().await.unwrap(), 1);
    assert_eq!(site.only_delivery().await.state, DeliveryState::Sent);
    assert_eq!(site.sink.ids(), [delivery.id, delivery.id], "twice after a fault, under one id");
}

async fn a_running_delivery_belongs_to_one_process(site: Site) {
    site.happen("a").await;
    site.sink.close_gate(None);
    let relay = site.relay();
    let other = async {
        until_under_way(&site).await;
        let id = site.only_delivery().await.id;
        let error = relay.deliveries().retry(id, &Context::operator()).await.unwrap_err();
        assert!(matches!(error, RetryDeliveryError::InProgress), "{error}");
        assert_eq!(site.relay().pass().await.unwrap(), 0);
        site.sink.gate.add_permits(1);
    };
    let (passed, ()) = tokio::join!(relay.pass(), other);
    assert_eq!(passed.unwrap(), 1);
}

async fn until_under_way(site: &Site) {
    until_attempts(site, 1).await;
}

async fn until_attempts(site: &Site, attempts: i64) {
    while site.deliveries().await.first().is_none_or(|delivery| delivery.attempts < attempts) {
        tokio::task::yield_now().await;
    }
}
