//! A webhook whose URL is changed during a delivery to the old one.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vestibule_flows::Context;
use vestibule_notify::{DeliveryState, UpdateWebhook, WebhookId};
use vestibule_testing::on_both_engines;

use super::receiver::Receiver;
use super::{happen, listen, post, webhooks};
use crate::scene::Scene;

on_both_engines!(a_refusal_by_the_old_url_does_not_disable_the_new_one, other_concurrent_changes_do_not_count,);

/// Receives one message, has the webhook changed, and only then responds that it wants no more.
async fn change_then_refuse(scene: &Scene, listener: TcpListener, update: UpdateWebhook) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
    webhooks(scene).update(&update, &Context::operator()).await.unwrap();
    stream.write_all(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n").await.unwrap();
}

/// A webhook with a listener that responds on command.
async fn listen_by_hand(scene: &Scene) -> (TcpListener, WebhookId, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let id = listen(scene, &url, &["*"], false).await.webhook.id;
    (listener, id, url)
}

async fn a_refusal_by_the_old_url_does_not_disable_the_new_one(scene: Scene) {
    let (listener, id, old) = listen_by_hand(&scene).await;
    let new = Receiver::start().await;
    happen(&scene, "user.created", "before").await;
    let update = UpdateWebhook { url: Some(new.url().to_owned()), ..UpdateWebhook::new(id) };
    tokio::join!(post(&scene), change_then_refuse(&scene, listener, update));
    let refused = scene.last_delivery().await;
    assert_eq!((refused.state, refused.status), (DeliveryState::Failed, Some(410)));
    assert_eq!(refused.recipient, Some(old));
    let webhook = webhooks(&scene).retrieve(id).await.unwrap();
    assert_eq!((webhook.url.as_str(), webhook.disabled_at, webhook.disabled_reason), (new.url(), None, None));
    happen(&scene, "user.created", "afterwards").await;
    post(&scene).await;
    assert_eq!(new.take_one().json()["data"]["id"], "afterwards");
    // The new one responds for itself.
    new.respond("410", "gone");
    happen(&scene, "user.created", "at the end").await;
    post(&scene).await;
    assert!(webhooks(&scene).retrieve(id).await.unwrap().disabled_at.is_some());
}

async fn other_concurrent_changes_do_not_count(scene: Scene) {
    let (listener, id, url) = listen_by_hand(&scene).await;
    happen(&scene, "user.created", "user_1").await;
    let update = UpdateWebhook { url: Some(url), events: Some(vec!["user.*".to_owned()]), ..UpdateWebhook::new(id) };
    tokio::join!(post(&scene), change_then_refuse(&scene, listener, update));
    let webhook = webhooks(&scene).retrieve(id).await.unwrap();
    assert_eq!(webhook.disabled_reason.unwrap().to_string(), "answered 410: it wants no more messages");
    assert_eq!(webhook.events, ["user.*"]);
}
