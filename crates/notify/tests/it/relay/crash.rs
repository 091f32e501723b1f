//! A process that dies, at whatever moment, loses nothing (security.md 35).

use std::time::Duration;

use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, RetryDeliveryError};
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(
    what_somebody_died_over_is_delivered_by_another_under_the_same_id,
    whoever_comes_back_too_late_changes_nothing,
    what_is_under_way_is_nobody_else_s,
);

/// Longer than a lease.
const LONG: Duration = Duration::from_secs(3 * 60);

async fn what_somebody_died_over_is_delivered_by_another_under_the_same_id(site: Site) {
    site.happen("a").await;
    site.sink.close_gate(None);
    let relay = site.relay();
    // It has the delivery, and is given up in the middle of it.
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

async fn whoever_comes_back_too_late_changes_nothing(site: Site) {
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
        // The first one comes through now, and says that it has arrived.
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

async fn what_is_under_way_is_nobody_else_s(site: Site) {
    site.happen("a").await;
    site.sink.close_gate(None);
    let relay = site.relay();
    let meanwhile = async {
        until_under_way(&site).await;
        let id = site.only_delivery().await.id;
        let error = relay.deliveries().retry(id, &Context::operator()).await.unwrap_err();
        assert!(matches!(error, RetryDeliveryError::UnderWay), "{error}");
        assert_eq!(site.relay().pass().await.unwrap(), 0);
        site.sink.gate.add_permits(1);
    };
    let (passed, ()) = tokio::join!(relay.pass(), meanwhile);
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
