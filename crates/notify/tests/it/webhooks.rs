//! Which program is told of which event, and what the message says.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_auth::RequestPasswordReset;
use vestibule_flows::By;
use vestibule_notify::{DeliveryState, NewWebhook, ROTATION, UpdateWebhook, WEBHOOK, WebhookId};
use vestibule_testing::on_both_engines;
use vestibule_webhook::{Secret, Signed, verify};

use crate::house::House;
use crate::receiver::{Got, Receiver};
use crate::support::HOUR;

on_both_engines!(
    who_listens_to_it_is_told_and_can_verify_it,
    what_fails_comes_again_under_the_same_id,
    a_receiver_that_says_when_is_heard,
    a_receiver_that_is_gone_is_told_nothing_any_more,
    during_a_rotation_both_secrets_sign,
    what_opens_doors_is_told_only_where_it_was_asked_for,
    a_test_goes_to_its_own_webhook_alone,
    an_address_inside_is_refused_when_it_is_connected_to,
);

async fn webhook(house: &House, receiver: &Receiver, events: &[&str]) -> (WebhookId, Secret) {
    let events = events.iter().map(|name| (*name).to_owned()).collect();
    let new = NewWebhook { url: receiver.url.clone(), events, ..NewWebhook::default() };
    let made = house.webhooks().create(&new, &By::operator()).await.unwrap();
    (made.webhook.id, Secret::parse(&made.secret).unwrap())
}

async fn told(house: &House, receiver: &Receiver) -> Vec<Got> {
    house.relay().pass().await.unwrap();
    receiver.take()
}

fn is_signed_by(house: &House, got: &Got, secret: &Secret) -> bool {
    let Got { id, timestamp, signature, body } = got;
    let signed = Signed { id, timestamp, signature, body: body.as_bytes() };
    verify(std::slice::from_ref(secret), &signed, house.flows.environment().now()).is_ok()
}

fn json_of(got: &Got) -> Json {
    serde_json::from_str(&got.body).unwrap()
}

async fn who_listens_to_it_is_told_and_can_verify_it(house: House) {
    let (all, some) = (Receiver::start().await, Receiver::start().await);
    house.user("before@example.com").await;
    house.clock.advance(Duration::from_secs(1));
    let (_, secret) = webhook(&house, &all, &["*"]).await;
    let (_, other) = webhook(&house, &some, &["user.*", "invite.accepted"]).await;
    let ada = house.user("ada@example.com").await;
    house
        .flows
        .invite(&vestibule_flows::NewInvite::new("bob@example.com".parse().unwrap()), &By::operator())
        .await
        .unwrap();
    let got = told(&house, &all).await;
    let names: Vec<Json> = got.iter().map(|got| json_of(got)["type"].clone()).collect();
    assert_eq!(names.len(), 2, "not what happened before it was there: {names:?}");
    let at = house.flows.environment().now();
    let created = got.iter().find(|got| json_of(got)["type"] == "user.created").unwrap();
    assert_eq!(json_of(created), json!({ "type": "user.created", "timestamp": at, "data": { "id": ada.id } }));
    assert!(is_signed_by(&house, created, &secret) && !is_signed_by(&house, created, &other));
    let got = some.take();
    assert_eq!((got.len(), &json_of(&got[0])["type"]), (1, &json!("user.created")));
    assert!(is_signed_by(&house, &got[0], &other));
    let delivery = house.deliveries(WEBHOOK).await.into_iter().find(|one| one.id.to_string() == created.id).unwrap();
    assert_eq!((delivery.state, delivery.status, delivery.recipient), (DeliveryState::Sent, Some(204), Some(all.url)));
}

async fn what_fails_comes_again_under_the_same_id(house: House) {
    let receiver = Receiver::start().await;
    webhook(&house, &receiver, &["user.created"]).await;
    receiver.answer("500 Oh no");
    receiver.answer("302 Elsewhere\r\nLocation: http://127.0.0.1:1/");
    house.user("ada@example.com").await;
    let first = told(&house, &receiver).await.remove(0);
    let delivery = house.deliveries(WEBHOOK).await.remove(0);
    assert_eq!((delivery.state, delivery.status), (DeliveryState::Queued, Some(500)));
    house.clock.advance(HOUR);
    let second = told(&house, &receiver).await.remove(0);
    assert!(house.deliveries(WEBHOOK).await[0].reason.as_ref().unwrap().contains("redirects are not followed"));
    house.clock.advance(HOUR);
    let third = told(&house, &receiver).await.remove(0);
    assert_eq!([&second.id, &third.id], [&first.id; 2]);
    assert_eq!([&second.body, &third.body], [&first.body; 2]);
    assert_eq!(house.deliveries(WEBHOOK).await[0].state, DeliveryState::Sent);
}

async fn a_receiver_that_says_when_is_heard(house: House) {
    let receiver = Receiver::start().await;
    webhook(&house, &receiver, &["user.created"]).await;
    receiver.answer("429 Later\r\nRetry-After: 3600");
    house.user("ada@example.com").await;
    assert_eq!(told(&house, &receiver).await.len(), 1);
    house.user("bob@example.com").await;
    house.clock.advance(HOUR - Duration::from_secs(1));
    assert!(told(&house, &receiver).await.is_empty(), "it rests, with all that is to go there");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(told(&house, &receiver).await.len(), 2);
}

async fn a_receiver_that_is_gone_is_told_nothing_any_more(house: House) {
    let receiver = Receiver::start().await;
    let (id, _) = webhook(&house, &receiver, &["user.created"]).await;
    receiver.answer("500 Oh no");
    house.user("ada@example.com").await;
    told(&house, &receiver).await;
    receiver.answer("410 Gone");
    house.user("bob@example.com").await;
    told(&house, &receiver).await;
    let webhook = house.webhooks().retrieve(id).await.unwrap();
    assert!(webhook.disabled_at.is_some() && webhook.disabled_reason.unwrap().contains("410"));
    house.user("carol@example.com").await;
    house.clock.advance(HOUR);
    assert!(told(&house, &receiver).await.is_empty());
    let states: Vec<_> = house.deliveries(WEBHOOK).await.into_iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Superseded, DeliveryState::Failed], "what waited is over");
    let enable = UpdateWebhook { is_disabled: Some(false), ..UpdateWebhook::new(id) };
    house.webhooks().update(&enable, &By::operator()).await.unwrap();
    house.user("dora@example.com").await;
    assert_eq!(told(&house, &receiver).await.len(), 1);
    house.webhooks().delete(id, &By::operator()).await.unwrap();
    house.user("emma@example.com").await;
    assert!(told(&house, &receiver).await.is_empty());
}

async fn during_a_rotation_both_secrets_sign(house: House) {
    let receiver = Receiver::start().await;
    let (id, old) = webhook(&house, &receiver, &["user.created"]).await;
    let rotated = house.webhooks().rotate_secret(id, false, &By::operator()).await.unwrap();
    let new = Secret::parse(&rotated.secret).unwrap();
    house.user("ada@example.com").await;
    let got = told(&house, &receiver).await.remove(0);
    assert!(is_signed_by(&house, &got, &old) && is_signed_by(&house, &got, &new));
    house.clock.advance(ROTATION);
    house.user("bob@example.com").await;
    let got = told(&house, &receiver).await.remove(0);
    assert!(!is_signed_by(&house, &got, &old) && is_signed_by(&house, &got, &new));
    let rotated = house.webhooks().rotate_secret(id, true, &By::operator()).await.unwrap();
    house.user("carol@example.com").await;
    let got = told(&house, &receiver).await.remove(0);
    assert!(!is_signed_by(&house, &got, &new) && is_signed_by(&house, &got, &Secret::parse(&rotated.secret).unwrap()));
}

async fn what_opens_doors_is_told_only_where_it_was_asked_for(house: House) {
    let (plain, trusted) = (Receiver::start().await, Receiver::start().await);
    webhook(&house, &plain, &["auth.password_reset"]).await;
    let (id, _) = webhook(&house, &trusted, &["auth.password_reset"]).await;
    let update = UpdateWebhook { includes_secrets: Some(true), ..UpdateWebhook::new(id) };
    house.webhooks().update(&update, &By::operator()).await.unwrap();
    house.user("ada@example.com").await;
    let request = RequestPasswordReset { provider: "emailpass", entity_id: "ada@example.com", actor_type: "user" };
    house.flows.request_password_reset(request, None, &By::operator()).await.unwrap();
    house.relay().pass().await.unwrap();
    let data = json_of(&plain.take()[0])["data"].clone();
    assert_eq!((&data["entity_id"], data.get("token")), (&json!("ada@example.com"), None));
    let token = json_of(&trusted.take()[0])["data"]["token"].as_str().unwrap().to_owned();
    house.flows.find_password_reset(&token, "user", "emailpass").await.unwrap();
}

async fn a_test_goes_to_its_own_webhook_alone(house: House) {
    let (one, other) = (Receiver::start().await, Receiver::start().await);
    let (id, _) = webhook(&house, &one, &["user.created"]).await;
    webhook(&house, &other, &["*"]).await;
    house.webhooks().test(id, &By::operator()).await.unwrap();
    let got = told(&house, &one).await;
    assert_eq!((got.len(), &json_of(&got[0])["type"]), (1, &json!("webhook.test")));
    assert!(other.take().is_empty());
}

async fn an_address_inside_is_refused_when_it_is_connected_to(house: House) {
    let receiver = Receiver::start().await;
    webhook(&house, &receiver, &["user.created"]).await;
    house.user("ada@example.com").await;
    // The configuration has changed since: what is stored is looked at again.
    let client = vestibule_webhook::Client::new(&vestibule_webhook::ClientConfig::default()).unwrap();
    let strict = vestibule_notify::WebhookDestination::new(house.webhooks(), client);
    house.relay().with_destination(strict).pass().await.unwrap();
    assert!(receiver.take().is_empty());
    let delivery = house.deliveries(WEBHOOK).await.remove(0);
    assert!(delivery.reason.as_ref().unwrap().contains("webhooks.allowed_networks"), "{delivery:?}");
}
