//! A message that has not arrived is tried again, or not any more.

use std::time::Duration;

use vestibule_notify::{Delivery, DeliveryState};
use vestibule_testing::on_both_engines;
use vestibule_webhook::AddressGuard;

use super::receiver::Receiver;
use super::{disable, happen, listen, post, posting_past, webhooks};
use crate::scene::Scene;

on_both_engines!(
    a_message_keeps_its_id_however_often_it_is_tried,
    a_redirect_is_not_followed,
    a_requested_pause_is_respected,
    the_longest_rest_counts,
    one_that_arrived_does_not_end_a_rest,
    a_webhook_that_refuses_for_good_is_disabled,
    an_address_is_looked_at_when_it_is_connected_to,
    one_subject_keeps_its_order_through_a_failure,
);

const SECOND: Duration = Duration::from_secs(1);

/// How long each queued delivery waits, oldest first.
async fn waits(scene: &Scene) -> Vec<u64> {
    let now = scene.environment().now();
    let wait = |delivery: Delivery| delivery.next_try_at.map(|at| at.since(now).as_secs());
    scene.deliveries().await.into_iter().filter_map(wait).collect()
}

async fn a_message_keeps_its_id_however_often_it_is_tried(scene: Scene) {
    let receiver = Receiver::start().await;
    let made = listen(&scene, receiver.url(), &["*"], false).await;
    receiver.respond("500", "try\r\nlater");
    happen(&scene, "user.created", "user_1").await;
    post(&scene).await;
    let first = receiver.take_one();
    let delivery = scene.last_delivery().await;
    assert_eq!((delivery.state, delivery.attempts, delivery.status), (DeliveryState::Queued, 1, Some(500)));
    assert_eq!(delivery.recipient.as_deref(), Some(receiver.url()));
    assert!(delivery.reason.as_ref().unwrap().to_string().starts_with("answered 500: try"), "{:?}", delivery.reason);
    scene.clock.advance(6 * SECOND);
    post(&scene).await;
    let second = receiver.take_one();
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
    assert!(second.verify(&made.secret, scene.environment().now()).is_ok());
    assert_eq!(scene.outcomes().await, [("sent", None)]);
}

async fn a_redirect_is_not_followed(scene: Scene) {
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    listen(&scene, receiver.url(), &["*"], false).await;
    receiver.respond(&format!("302\r\nlocation: {}", elsewhere.url()), "");
    happen(&scene, "user.created", "user_1").await;
    post(&scene).await;
    let first = receiver.take_one();
    let delivery = scene.last_delivery().await;
    assert_eq!((delivery.state, delivery.status), (DeliveryState::Queued, Some(302)));
    assert!(delivery.reason.as_ref().unwrap().to_string().contains("redirects are not followed"), "{delivery:?}");
    scene.clock.advance(6 * SECOND);
    post(&scene).await;
    let second = receiver.take_one();
    assert_eq!((first.header("webhook-id"), &first.body), (second.header("webhook-id"), &second.body));
    assert!(elsewhere.take().is_empty());
    assert_eq!(scene.outcomes().await, [("sent", None)]);
}

async fn a_requested_pause_is_respected(scene: Scene) {
    let (tired, other) = (Receiver::start().await, Receiver::start().await);
    listen(&scene, tired.url(), &["*"], false).await;
    tired.respond("503\r\nretry-after: 600", "");
    happen(&scene, "user.created", "1").await;
    post(&scene).await;
    listen(&scene, other.url(), &["*"], false).await;
    for subject in ["2", "3"] {
        happen(&scene, "user.created", subject).await;
    }
    assert_eq!(post(&scene).await, 2, "others go on");
    assert_eq!((tired.take().len(), other.take().len()), (1, 2));
    assert_eq!(waits(&scene).await, [600, 600, 600]);
    scene.clock.advance(599 * SECOND);
    assert_eq!(post(&scene).await, 0);
    scene.clock.advance(SECOND);
    assert_eq!(post(&scene).await, 3);
    assert_eq!(tired.take().len(), 3);
}

async fn the_longest_rest_counts(scene: Scene) {
    let receiver = Receiver::start().await;
    listen(&scene, receiver.url(), &["*"], false).await;
    // Two at once: whichever is written first, the longer pause wins.
    receiver.respond("503\r\nretry-after: 20", "");
    receiver.respond("503\r\nretry-after: 900", "");
    happen(&scene, "user.created", "1").await;
    happen(&scene, "user.created", "2").await;
    assert_eq!(post(&scene).await, 2);
    happen(&scene, "user.created", "3").await;
    post(&scene).await;
    assert_eq!(waits(&scene).await, [900, 900, 900]);
}

async fn one_that_arrived_does_not_end_a_rest(scene: Scene) {
    let receiver = Receiver::start().await;
    listen(&scene, receiver.url(), &["*"], false).await;
    receiver.respond("429\r\nretry-after: 900", "");
    receiver.respond("200", "");
    happen(&scene, "user.created", "1").await;
    happen(&scene, "user.created", "2").await;
    assert_eq!(post(&scene).await, 2);
    assert_eq!(receiver.take().len(), 2);
    happen(&scene, "user.created", "3").await;
    assert_eq!(post(&scene).await, 0, "it asked for a pause");
    scene.clock.advance(900 * SECOND);
    assert_eq!(post(&scene).await, 2);
    happen(&scene, "user.created", "4").await;
    assert_eq!(post(&scene).await, 1, "the rest is over");
}

async fn a_webhook_that_refuses_for_good_is_disabled(scene: Scene) {
    let receiver = Receiver::start().await;
    let id = listen(&scene, receiver.url(), &["*"], false).await.webhook.id;
    receiver.respond("500", "");
    happen(&scene, "user.created", "user_0").await;
    post(&scene).await;
    receiver.take_one();
    receiver.respond("410", "gone");
    for name in ["user.created", "user.updated", "user.deleted"] {
        happen(&scene, name, "user_1").await;
    }
    post(&scene).await;
    assert_eq!(receiver.take().len(), 1, "what waits behind it is not sent");
    let webhook = webhooks(&scene).retrieve(id).await.unwrap();
    assert_eq!(webhook.disabled_at, Some(scene.environment().now()));
    assert_eq!(webhook.disabled_reason.unwrap().to_string(), "answered 410: it wants no more messages");
    // Queued deliveries end as well.
    scene.clock.advance(6 * SECOND);
    post(&scene).await;
    let superseded = ("superseded", Some("the webhook was disabled".to_owned()));
    let failed = ("failed", Some("answered 410: it wants no more messages".to_owned()));
    assert_eq!(scene.outcomes().await, [superseded.clone(), failed, superseded.clone(), superseded]);
    happen(&scene, "user.created", "disabled").await;
    assert_eq!(post(&scene).await, 0);
    disable(&scene, id, false).await;
    assert_eq!(webhooks(&scene).retrieve(id).await.unwrap().disabled_reason, None);
    happen(&scene, "user.created", "afterwards").await;
    assert_eq!(post(&scene).await, 1);
    assert_eq!(receiver.take_one().json()["data"]["id"], "afterwards");
}

async fn an_address_is_looked_at_when_it_is_connected_to(scene: Scene) {
    let receiver = Receiver::start().await;
    listen(&scene, receiver.url(), &["*"], false).await;
    happen(&scene, "user.created", "user_1").await;
    // The operator enables it again.
    posting_past(&scene, AddressGuard::default()).pass().await.unwrap();
    assert!(receiver.take().is_empty());
    let delivery = scene.last_delivery().await;
    assert_eq!((delivery.state, delivery.status), (DeliveryState::Queued, None));
    let reason = delivery.reason.unwrap().to_string();
    assert!(reason.contains("127.0.0.1 is") && reason.contains("webhooks.allowed_networks"), "{reason}");
}

async fn one_subject_keeps_its_order_through_a_failure(scene: Scene) {
    let receiver = Receiver::start().await;
    listen(&scene, receiver.url(), &["*"], false).await;
    receiver.respond("500", "");
    for name in ["user.created", "user.updated", "user.deleted"] {
        happen(&scene, name, "user_1").await;
    }
    assert_eq!(post(&scene).await, 1);
    assert_eq!(receiver.names(), ["user.created"]);
    happen(&scene, "user.created", "user_2").await;
    assert_eq!(post(&scene).await, 1, "others do not wait for it");
    assert_eq!(receiver.take_one().json()["data"]["id"], "user_2");
    scene.clock.advance(6 * SECOND);
    assert_eq!(post(&scene).await, 3);
    assert_eq!(receiver.names(), ["user.created", "user.updated", "user.deleted"]);
}
