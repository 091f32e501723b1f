//! The events of one subject arrive in order; an unreachable target delays no other.

use vestibule_notify::DeliveryState;
use vestibule_testing::on_both_engines;

use crate::support::{HOUR, Site, again, unreachable};

on_both_engines!(
    one_subject_s_events_wait_for_one_another,
    what_was_given_up_holds_nothing_up,
    a_place_that_cannot_be_reached_rests_with_all_that_goes_there,
    a_place_that_is_slow_holds_up_no_other,
);

async fn one_subject_s_events_wait_for_one_another(site: Site) {
    for subject in ["a", "a", "b", "a"] {
        site.happen(subject).await;
    }
    // Both, because their order is not defined.
    site.sink.respond(again("not now"));
    site.sink.respond(again("not now"));
    assert_eq!(site.relay().pass().await.unwrap(), 2, "the first of a, and that of b");
    let mut tried = site.sink.subjects();
    tried.sort();
    assert_eq!(tried, ["a", "b"]);
    let refused = site.deliveries().await;
    assert_eq!(refused.iter().map(|delivery| delivery.attempts).collect::<Vec<_>>(), [1, 0, 1, 0]);
    site.clock.advance(HOUR);
    site.relay().pass().await.unwrap();
    let of_a: Vec<_> = site.deliveries().await.into_iter().filter(|delivery| delivery.subject == "a").collect();
    assert!(of_a.iter().all(|delivery| delivery.state == DeliveryState::Sent));
    let order: Vec<_> =
        site.sink.ids().into_iter().filter(|id| of_a.iter().any(|delivery| delivery.id == *id)).collect();
    let mut once = order.clone();
    once.dedup();
    assert_eq!(once, of_a.iter().map(|delivery| delivery.id).collect::<Vec<_>>());
}

async fn what_was_given_up_holds_nothing_up(site: Site) {
    site.happen("a").await;
    for _ in 0..10 {
        site.sink.respond(again("not now"));
        site.relay().pass().await.unwrap();
        site.clock.advance(HOUR * 8);
    }
    assert_eq!(site.only_delivery().await.state, DeliveryState::Failed);
    site.happen("a").await;
    site.relay().pass().await.unwrap();
    assert_eq!(site.deliveries().await[1].state, DeliveryState::Sent);
}

async fn a_place_that_cannot_be_reached_rests_with_all_that_goes_there(site: Site) {
    site.sink.have_targets(&["down", "up"]);
    site.sink.close_gate(Some("down"));
    site.happen("0").await;
    site.sink.gate.add_permits(1);
    site.sink.respond(unreachable());
    // Which of the two fails is left to chance; that target rests.
    site.relay().pass().await.unwrap();
    let deliveries = site.deliveries().await;
    let down = deliveries.iter().find(|delivery| delivery.state == DeliveryState::Queued).unwrap().clone();
    let wait = down.next_try_at.unwrap();
    site.sink.gate.add_permits(100);
    let before = site.sink.ids().len();
    for subject in ["1", "2", "3"] {
        site.happen(subject).await;
    }
    assert_eq!(site.relay().pass().await.unwrap(), 3, "only where it can be reached");
    assert!(site.sink.subjects()[before..].iter().all(|subject| !subject.starts_with(&down.target)));
    let resting: Vec<_> =
        site.deliveries().await.into_iter().filter(|delivery| delivery.state == DeliveryState::Queued).collect();
    assert_eq!(resting.len(), 4);
    assert!(resting.iter().all(|delivery| delivery.attempts == 0 || delivery.id == down.id), "{resting:?}");
    site.clock.advance(wait.since(site.environment.now()) * 2);
    assert_eq!(site.relay().pass().await.unwrap(), 4);
    assert!(site.deliveries().await.iter().all(|delivery| delivery.state == DeliveryState::Sent));
}

async fn a_place_that_is_slow_holds_up_no_other(site: Site) {
    site.sink.have_targets(&["slow", "quick"]);
    site.sink.close_gate(Some("slow"));
    for number in 0..60 {
        site.happen(&format!("{number}")).await;
    }
    let relay = site.relay();
    let quick = async {
        loop {
            let arrived = site.sink.subjects().iter().filter(|subject| subject.starts_with("quick")).count();
            if arrived == 60 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    // A delivery that waits for ever at the gate would end this by the test's own timeout.
    let both = async {
        tokio::join!(relay.pass(), async {
            quick.await;
            site.sink.gate.add_permits(1_000)
        })
    };
    let (passed, ()) = tokio::time::timeout(std::time::Duration::from_secs(60), both).await.expect("held up");
    assert_eq!(passed.unwrap(), 120);
}
