//! Which webhooks receive which events.

use std::time::Duration;

use serde_json::json;
use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, WebhookError};
use vestibule_testing::on_both_engines;

use super::receiver::Receiver;
use super::{disable, happen, listen, post, webhooks};
use crate::scene::{ADA, BOB, Scene};

on_both_engines!(
    each_receives_what_it_listens_to,
    events_of_the_flows_are_sent,
    earlier_events_are_not_sent,
    a_deleted_or_disabled_webhook_receives_nothing,
    a_test_goes_to_one_alone,
);

async fn each_receives_what_it_listens_to(scene: Scene) {
    let (mut receivers, patterns) =
        (Vec::new(), [&["user.created"][..], &["user.*", "user.created"], &["*"], &["auth.*"]]);
    for events in patterns {
        let receiver = Receiver::start().await;
        listen(&scene, receiver.url(), events, false).await;
        receivers.push(receiver);
    }
    for (subject, name) in [("1", "user.created"), ("2", "user.deleted"), ("3", "users.counted"), ("4", "shop.opened")]
    {
        happen(&scene, name, subject).await;
    }
    assert_eq!(post(&scene).await, 1 + 2 + 4);
    let mut received = receivers.iter().map(Receiver::names).collect::<Vec<_>>();
    // Of different subjects, so in no order.
    received.iter_mut().for_each(|names| names.sort());
    let all = ["shop.opened", "user.created", "user.deleted", "users.counted"];
    assert_eq!(received, [&["user.created"][..], &["user.created", "user.deleted"], &all, &[]]);
}

async fn events_of_the_flows_are_sent(scene: Scene) {
    let (all, some) = (Receiver::start().await, Receiver::start().await);
    let made = listen(&scene, all.url(), &["*"], false).await;
    listen(&scene, some.url(), &["user.*", "invite.accepted"], false).await;
    all.respond("204", "");
    let ada = scene.user(ADA).await;
    post(&scene).await;
    let (message, now) = (all.take_one(), scene.environment().now());
    assert_eq!(message.json(), json!({ "type": "user.created", "timestamp": now, "data": { "id": ada.id } }));
    assert!(message.verify(&made.secret, now).is_ok());
    let statuses: Vec<_> =
        scene.deliveries().await.into_iter().map(|delivery| (delivery.state, delivery.status)).collect();
    assert!(statuses.contains(&(DeliveryState::Sent, Some(204))), "{statuses:?}");
    scene.invite(BOB).await;
    post(&scene).await;
    assert_eq!(all.names(), ["invite.created"]);
    assert_eq!(some.names(), ["user.created"]);
}

async fn earlier_events_are_not_sent(scene: Scene) {
    happen(&scene, "user.created", "before").await;
    scene.clock.advance(Duration::from_millis(1));
    let receiver = Receiver::start().await;
    listen(&scene, receiver.url(), &["*"], false).await;
    happen(&scene, "user.created", "after").await;
    post(&scene).await;
    assert_eq!(receiver.take_one().json()["data"]["id"], "after");
}

async fn a_deleted_or_disabled_webhook_receives_nothing(scene: Scene) {
    let (deleted, disabled) = (Receiver::start().await, Receiver::start().await);
    let gone = listen(&scene, deleted.url(), &["*"], false).await.webhook;
    let asleep = listen(&scene, disabled.url(), &["*"], false).await.webhook;
    // Already queued when the webhooks go.
    deleted.respond("500", "");
    disabled.respond("500", "");
    happen(&scene, "user.created", "first").await;
    assert_eq!(post(&scene).await, 2);
    deleted.take_one();
    disabled.take_one();
    webhooks(&scene).delete(gone.id, &Context::operator()).await.unwrap();
    disable(&scene, asleep.id, true).await;
    happen(&scene, "user.created", "second").await;
    scene.clock.advance(Duration::from_secs(6));
    assert_eq!(post(&scene).await, 2, "what waited is over, and nothing new was planned");
    let mut outcomes = scene.outcomes().await;
    outcomes.sort();
    let superseded = |reason: &str| ("superseded", Some(reason.to_owned()));
    assert_eq!(outcomes, [superseded("the webhook was deleted"), superseded("the webhook was disabled")]);
    let error = webhooks(&scene).test(asleep.id, &Context::operator()).await.unwrap_err();
    assert!(matches!(error, WebhookError::Disabled), "{error}");
    disable(&scene, asleep.id, false).await;
    happen(&scene, "user.created", "third").await;
    post(&scene).await;
    assert_eq!(disabled.take_one().json()["data"]["id"], "third");
    assert!(deleted.take().is_empty());
}

async fn a_test_goes_to_one_alone(scene: Scene) {
    let (meant, other) = (Receiver::start().await, Receiver::start().await);
    let webhook = listen(&scene, meant.url(), &["user.created"], false).await.webhook;
    listen(&scene, other.url(), &["*", "webhook.test"], false).await;
    webhooks(&scene).test(webhook.id, &Context::operator()).await.unwrap();
    assert_eq!(post(&scene).await, 1);
    let message = meant.take_one().json();
    assert_eq!((&message["type"], &message["data"]["id"]), (&"webhook.test".into(), &webhook.id.to_string().into()));
    assert!(other.take().is_empty());
}
