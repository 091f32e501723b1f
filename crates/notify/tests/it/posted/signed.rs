//! The content of a message, and the secret that signs it.

use std::time::Duration;

use serde_json::json;
use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, ROTATION, UpdateWebhook};
use vestibule_testing::on_both_engines;
use vestibule_webhook::Unverified;

use super::receiver::{ECHO, Receiver};
use super::{happen, listen, post, text, webhooks};
use crate::scene::{ADA, OTHER_PASSWORD, Scene};

on_both_engines!(
    a_message_has_its_form_and_its_signature,
    two_secrets_sign_for_a_day,
    a_secret_that_others_have_signs_no_more,
    secrets_are_sent_only_where_permitted,
    an_echoed_response_leaks_no_secret,
);

async fn a_message_has_its_form_and_its_signature(scene: Scene) {
    let receiver = Receiver::start().await;
    let made = listen(&scene, receiver.url(), &["*"], false).await;
    let another = listen(&scene, Receiver::start().await.url(), &["shop.*"], false).await;
    let happened_at = scene.environment().now();
    happen(&scene, "user.created", "user_1").await;
    scene.clock.advance(Duration::from_secs(90));
    post(&scene).await;
    let message = receiver.take_one();
    let expected = json!({ "type": "user.created", "timestamp": happened_at, "data": { "id": "user_1" } });
    assert_eq!(message.json(), expected);
    let now = scene.environment().now();
    assert_eq!(message.verify(&made.secret, now), Ok(now), "the time of the attempt, not of the event");
    assert_eq!(message.verify(&another.secret, now), Err(Unverified::Mismatch));
    let delivery = scene.last_delivery().await;
    assert_eq!(message.header("webhook-id"), delivery.id.to_string());
    assert_eq!((delivery.state, delivery.status), (DeliveryState::Sent, Some(200)));
    assert_eq!((delivery.recipient.as_deref(), delivery.reason), (Some(receiver.url()), None));
}

async fn two_secrets_sign_for_a_day(scene: Scene) {
    let receiver = Receiver::start().await;
    let old = listen(&scene, receiver.url(), &["*"], false).await;
    let new = webhooks(&scene).rotate_secret(old.webhook.id, false, &Context::operator()).await.unwrap();
    assert_ne!(old.secret, new.secret);
    for (wait, by_old) in
        [(Duration::ZERO, true), (ROTATION - Duration::from_secs(1), true), (Duration::from_secs(1), false)]
    {
        scene.clock.advance(wait);
        happen(&scene, "user.created", "user_1").await;
        post(&scene).await;
        let (message, now) = (receiver.take_one(), scene.environment().now());
        assert!(message.verify(&new.secret, now).is_ok());
        let expected = if by_old { Ok(now) } else { Err(Unverified::Mismatch) };
        assert_eq!(message.verify(&old.secret, now), expected, "{wait:?} later");
    }
}

async fn a_secret_that_others_have_signs_no_more(scene: Scene) {
    let receiver = Receiver::start().await;
    let old = listen(&scene, receiver.url(), &["*"], false).await;
    let new = webhooks(&scene).rotate_secret(old.webhook.id, true, &Context::operator()).await.unwrap();
    happen(&scene, "user.created", "user_1").await;
    post(&scene).await;
    let (message, now) = (receiver.take_one(), scene.environment().now());
    assert!(message.verify(&new.secret, now).is_ok());
    assert_eq!(message.verify(&old.secret, now), Err(Unverified::Mismatch));
}

async fn secrets_are_sent_only_where_permitted(scene: Scene) {
    let (trusted, other) = (Receiver::start().await, Receiver::start().await);
    let id = listen(&scene, trusted.url(), &["auth.password_reset"], false).await.webhook.id;
    let update = UpdateWebhook { includes_secrets: Some(true), ..UpdateWebhook::new(id) };
    webhooks(&scene).update(&update, &Context::operator()).await.unwrap();
    listen(&scene, other.url(), &["auth.password_reset"], false).await;
    scene.user(ADA).await;
    scene.ask_for_reset(ADA).await;
    assert_eq!(post(&scene).await, 2);
    let (private, public) = (trusted.take_one().json(), other.take_one());
    let token = text(&private["data"], "token");
    assert!(!scene.is_in_deliveries(token).await);
    assert!(public.json()["data"].get("token").is_none() && !public.body.contains("sealed"), "{}", public.body);
    assert_eq!(text(&public.json()["data"], "entity_id"), ADA);
    scene.redeem(token, OTHER_PASSWORD).await;
}

/// Many servers respond to an invalid request with the request itself.
async fn an_echoed_response_leaks_no_secret(scene: Scene) {
    let (trusted, other) = (Receiver::start().await, Receiver::start().await);
    listen(&scene, trusted.url(), &["auth.password_reset"], true).await;
    listen(&scene, other.url(), &["user.created"], false).await;
    trusted.respond("500", ECHO);
    other.respond("500", "the queue is full");
    scene.user(ADA).await;
    scene.ask_for_reset(ADA).await;
    assert_eq!(post(&scene).await, 2);
    let private = trusted.take_one().json();
    assert!(
        !scene.is_in_deliveries(&text(&private["data"], "token").chars().take(40).collect::<String>()).await,
        "readers of deliveries have it"
    );
    let mut reasons: Vec<_> =
        scene.deliveries().await.into_iter().filter_map(|one| one.reason).map(|reason| reason.to_string()).collect();
    reasons.sort();
    assert_eq!(reasons, ["answered 500", "answered 500: the queue is full"]);
}
