//! Events are delivered at least once, each delivery under one id that never changes (security.md 35).

mod crash;
mod many;
mod order;
mod run;

use std::time::Duration;

use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, Outcome, RetryDeliveryError};
use vestibule_testing::on_both_engines;

use crate::support::{HOUR, Site, again};

on_both_engines!(
    an_event_is_delivered_once,
    what_fails_is_tried_again_later_and_given_up_at_last,
    what_can_never_arrive_is_given_up_at_once,
    what_is_over_is_not_sent,
    waiting_is_no_try,
    what_was_given_up_can_be_sent_again,
    what_is_old_is_deleted,
    what_happened_before_there_were_deliveries_is_not_delivered,
);

async fn an_event_is_delivered_once(site: Site) {
    let event = site.happen("a").await;
    assert_eq!(site.relay().pass().await.unwrap(), 1);
    assert_eq!(site.relay().pass().await.unwrap(), 0);
    let delivery = site.only_delivery().await;
    assert_eq!(site.sink.ids(), [delivery.id]);
    assert_eq!((delivery.event_id, delivery.state, delivery.attempts), (event, DeliveryState::Sent, 1));
    assert_eq!((delivery.recipient.as_deref(), delivery.reason, delivery.next_try_at), (Some("somewhere"), None, None));
    assert_eq!(delivery.finished_at, Some(site.environment.now()));
}

async fn what_fails_is_tried_again_later_and_given_up_at_last(site: Site) {
    site.happen("a").await;
    for _ in 0..10 {
        site.sink.respond(again("the mailbox was full"));
    }
    for tries in 1..=9 {
        assert_eq!(site.relay().pass().await.unwrap(), 1, "try {tries}");
        assert_eq!(site.relay().pass().await.unwrap(), 0, "not at once again");
        let delivery = site.only_delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Queued, tries));
        assert_eq!(delivery.reason.unwrap().to_string(), "the mailbox was full");
        let wait = delivery.next_try_at.unwrap().since(site.environment.now());
        let planned = Duration::from_secs(5).saturating_mul(4_u32.pow(tries as u32 - 1)).min(HOUR * 6);
        assert!((planned.mul_f64(0.79)..=planned.mul_f64(1.21)).contains(&wait), "{tries}: {wait:?}");
        site.clock.advance(wait);
    }
    assert_eq!(site.relay().pass().await.unwrap(), 1);
    let delivery = site.only_delivery().await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Failed, 10));
    assert_eq!(delivery.reason.unwrap().to_string(), "the mailbox was full");
    site.clock.advance(HOUR * 100);
    assert_eq!(site.relay().pass().await.unwrap(), 0);
    let ids = site.sink.ids();
    assert!(ids.len() == 10 && ids.iter().all(|id| *id == delivery.id), "one id, however often it was tried");
}

async fn what_can_never_arrive_is_given_up_at_once(site: Site) {
    site.happen("a").await;
    site.sink.respond(Outcome::Failed {
        reason: "no such person".into(),
        recipient: Some("ada@example.com".to_owned()),
        status: Some(404),
        is_refused_for_good: false,
    });
    site.relay().pass().await.unwrap();
    let delivery = site.only_delivery().await;
    assert_eq!((delivery.state, delivery.attempts, delivery.status), (DeliveryState::Failed, 1, Some(404)));
    assert_eq!(delivery.recipient.as_deref(), Some("ada@example.com"));
}

async fn what_is_over_is_not_sent(site: Site) {
    site.happen("a").await;
    site.sink.respond(Outcome::Superseded { reason: "it was accepted".into() });
    site.relay().pass().await.unwrap();
    let delivery = site.only_delivery().await;
    assert_eq!((delivery.state, delivery.reason), (DeliveryState::Superseded, Some("it was accepted".into())));
}

async fn waiting_is_no_try(site: Site) {
    site.happen("a").await;
    for _ in 0..20 {
        site.sink.respond(Outcome::Wait { reason: "too many".into(), after: HOUR });
        assert_eq!(site.relay().pass().await.unwrap(), 1);
        let delivery = site.only_delivery().await;
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Queued, 0));
        assert_eq!(delivery.next_try_at, Some(site.environment.now() + HOUR));
        site.clock.advance(HOUR);
    }
    assert_eq!(site.relay().pass().await.unwrap(), 1);
    assert_eq!(site.only_delivery().await.state, DeliveryState::Sent);
}

async fn what_was_given_up_can_be_sent_again(site: Site) {
    site.happen("a").await;
    site.sink.respond(Outcome::Failed {
        reason: "no such person".into(),
        recipient: None,
        status: None,
        is_refused_for_good: false,
    });
    let relay = site.relay();
    relay.pass().await.unwrap();
    let id = site.only_delivery().await.id;
    let retried = relay.deliveries().retry(id, &Context::operator()).await.unwrap();
    assert_eq!((retried.id, retried.state, retried.attempts), (id, DeliveryState::Queued, 0));
    relay.pass().await.unwrap();
    assert_eq!(site.only_delivery().await.state, DeliveryState::Sent);
    let unknown = site.environment.id();
    let error = relay.deliveries().retry(unknown, &Context::operator()).await.unwrap_err();
    assert!(matches!(error, RetryDeliveryError::NotFound { .. }), "{error}");
}

async fn what_is_old_is_deleted(site: Site) {
    for subject in ["sent", "waits", "young"] {
        if subject == "waits" {
            site.sink.respond(again("not now"));
        }
        if subject == "young" {
            site.clock.advance(HOUR * 24 * 2);
        }
        site.happen(subject).await;
        if subject != "young" {
            site.relay().pass().await.unwrap();
        }
    }
    let deliveries = site.relay().deliveries();
    assert_eq!(deliveries.delete_old(HOUR * 24).await.unwrap(), 1);
    let left: Vec<String> = site.deliveries().await.into_iter().map(|delivery| delivery.subject).collect();
    assert_eq!(left, ["waits"], "what is queued stays");
    let events = vestibule_outbox::newest(&site.database, 10).await.unwrap();
    assert_eq!(events.len(), 2, "and so does its event");
    site.relay().pass().await.unwrap();
    assert_eq!(site.sink.subjects(), ["sent", "waits", "waits", "young"]);
}

async fn what_happened_before_there_were_deliveries_is_not_delivered(site: Site) {
    let place = &site.place;
    // As an older build left it.
    let database = place.open().await;
    for text in [
        "DROP TABLE deliveries",
        "DROP TABLE delivery_pauses",
        "DROP TABLE notify_head",
        "DROP TABLE mail_counts",
        "DROP TABLE webhook_endpoints",
        "DROP TABLE migrations_notify",
    ] {
        let mut transaction = database.begin().await.unwrap();
        transaction.execute(text, &[]).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let old = site.happen("before").await;
    assert_eq!(vestibule_outbox::positions::assign_positions(&database).await.unwrap(), 1);
    database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_notify::MIGRATIONS]).await.unwrap();
    site.happen("after").await;
    site.relay().pass().await.unwrap();
    assert_eq!(site.sink.subjects(), ["after"]);
    assert_ne!(site.only_delivery().await.event_id, old);
}
