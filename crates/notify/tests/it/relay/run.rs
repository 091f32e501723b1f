//! The loop: awake at once, and finished before it ends.

use std::time::Duration;

use tokio::sync::oneshot;
use vestibule_notify::DeliveryState;
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(it_wakes_at_a_commit, what_is_under_way_is_finished_when_it_is_asked_to_stop,);

/// Less than the time after which it looks by itself.
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

async fn what_is_under_way_is_finished_when_it_is_asked_to_stop(site: Site) {
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
