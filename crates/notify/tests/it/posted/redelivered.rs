//! Delivering again to a webhook.

use vestibule_core::{DomainError as _, ErrorKind};
use vestibule_flows::Context;
use vestibule_notify::{Delivery, DeliveryState, RedeliverError, RetryDeliveryError, WebhookError};
use vestibule_testing::on_both_engines;

use super::receiver::Receiver;
use super::{happen, listen, post, webhooks};
use crate::scene::{ADA, Scene};

on_both_engines!(one_that_has_arrived_comes_again_under_its_id, what_goes_elsewhere_is_not_there);

async fn one_that_has_arrived_comes_again_under_its_id(scene: Scene) {
    let receiver = Receiver::start().await;
    let id = listen(&scene, receiver.url(), &["*"], false).await.webhook.id;
    happen(&scene, "user.created", "user_1").await;
    post(&scene).await;
    let (first, delivery) = (receiver.take_one(), scene.last_delivery().await);
    let queued = webhooks(&scene).redeliver(id, delivery.id, &Context::operator()).await.unwrap();
    assert_eq!((queued.id, queued.state, queued.attempts), (delivery.id, DeliveryState::Queued, 0));
    post(&scene).await;
    let second = receiver.take_one();
    assert_eq!((first.header("webhook-id"), &first.body), (second.header("webhook-id"), &second.body));
    assert_eq!(scene.count("audit_entries WHERE action = 'delivery.retried'").await, 1);
}

async fn what_goes_elsewhere_is_not_there(scene: Scene) {
    let (one, other) = (Receiver::start().await, Receiver::start().await);
    let own = listen(&scene, one.url(), &["user.created"], false).await.webhook.id;
    let another = listen(&scene, other.url(), &["user.deleted"], false).await.webhook.id;
    scene.invite(ADA).await;
    scene.only_mail().await;
    happen(&scene, "user.deleted", "user_1").await;
    post(&scene).await;
    // A mail that differs from a message to the webhook only by its destination.
    scene
        .execute(
            "UPDATE deliveries SET target = $1 WHERE destination = 'mail'",
            vestibule_database::values![own.to_string()],
        )
        .await;
    let before: Vec<Delivery> = scene.deliveries().await;
    assert_eq!(before.len(), 2);
    let no_delivery = scene.environment().id();
    for id in before.iter().map(|delivery| delivery.id).chain([no_delivery]) {
        let error = webhooks(&scene).redeliver(own, id, &Context::operator()).await.unwrap_err();
        assert!(matches!(error, RedeliverError::Delivery(RetryDeliveryError::NotFound { .. })), "{error}");
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::NotFound, format!("Delivery with id: {id} was not found"))
        );
    }
    let of_another = before.iter().find(|delivery| delivery.target == another.to_string()).unwrap();
    webhooks(&scene).delete(another, &Context::operator()).await.unwrap();
    let error = webhooks(&scene).redeliver(another, of_another.id, &Context::operator()).await.unwrap_err();
    assert!(matches!(error, RedeliverError::Webhook(WebhookError::NotFound { .. })), "{error}");
    assert_eq!(scene.deliveries().await, before, "nothing was touched");
    assert_eq!(scene.count("audit_entries WHERE action = 'delivery.retried'").await, 0);
}
