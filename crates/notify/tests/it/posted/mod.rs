//! Events are posted to the webhooks that listen to them, signed, at least once.

mod failures;
mod moved;
mod receiver;
mod redelivered;
mod signed;
mod who;

use serde_json::Value as Json;
use vestibule_flows::Context;
use vestibule_notify::{
    NewWebhook, Relay, RelayOptions, UpdateWebhook, WebhookDestination, WebhookId, WebhookWithSecret, Webhooks,
};
use vestibule_webhook::{AddressGuard, Client, ClientConfig};

use crate::scene::Scene;

/// A guard that permits this machine.
fn local() -> AddressGuard {
    AddressGuard { allowed: vec!["127.0.0.0/8".parse().unwrap()] }
}

fn webhooks(scene: &Scene) -> Webhooks {
    Webhooks::new(scene.flows.clone(), local())
}

fn posting(scene: &Scene) -> Relay {
    posting_past(scene, local())
}

fn posting_past(scene: &Scene, guard: AddressGuard) -> Relay {
    let client = Client::new(&ClientConfig { guard, ..ClientConfig::default() }).unwrap();
    Relay::new(scene.database.clone(), scene.environment().clone(), RelayOptions::default())
        .with_destination(WebhookDestination::new(webhooks(scene), client))
}

/// Posts what is due, and returns how many attempts there were.
async fn post(scene: &Scene) -> usize {
    posting(scene).pass().await.unwrap()
}

async fn listen(scene: &Scene, url: &str, events: &[&str], includes_secrets: bool) -> WebhookWithSecret {
    let events = events.iter().map(|name| (*name).to_owned()).collect();
    let new = NewWebhook { url: url.to_owned(), description: None, events, includes_secrets };
    webhooks(scene).create(&new, &Context::operator()).await.unwrap()
}

async fn disable(scene: &Scene, id: WebhookId, is_disabled: bool) {
    let update = UpdateWebhook { is_disabled: Some(is_disabled), ..UpdateWebhook::new(id) };
    webhooks(scene).update(&update, &Context::operator()).await.unwrap();
}

async fn happen(scene: &Scene, name: &'static str, subject: &str) {
    scene.happen(name, subject, serde_json::json!({ "id": subject })).await;
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_else(|| panic!("no {key} in {json}"))
}
