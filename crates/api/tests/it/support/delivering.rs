//! Webhooks, and deliveries without a receiver.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use vestibule_database::{Error, Transaction};
use vestibule_notify::{Delivery, Destination, Outcome, Relay, RelayOptions, Target};
use vestibule_outbox::{Event, FeedEvent};

use super::{TestApp, User};

/// A destination for the events of one name. It responds as configured, otherwise that the delivery has arrived.
#[derive(Clone)]
pub(crate) struct Sink {
    name: &'static str,
    target: String,
    event: &'static str,
    answers: Arc<Mutex<VecDeque<Outcome>>>,
}

impl Sink {
    pub(crate) fn new(name: &'static str, target: &str, event: &'static str) -> Self {
        Self { name, target: target.to_owned(), event, answers: Arc::default() }
    }

    /// The next delivery fails permanently for this reason.
    pub(crate) fn fail(&self, reason: &str) {
        let reason = reason.into();
        let failed = Outcome::Failed { reason, recipient: None, status: Some(410), is_refused_for_good: false };
        self.answers.lock().unwrap().push_back(failed);
    }
}

#[async_trait]
impl Destination for Sink {
    fn name(&self) -> &str {
        self.name
    }

    async fn targets(&self, _: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        let wanted = events.iter().filter(|placed| placed.event.name == self.event);
        Ok(wanted.map(|placed| Target { position: placed.position, target: self.target.clone() }).collect())
    }

    async fn deliver(&self, _: &Delivery, _: &Event) -> Outcome {
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or(Outcome::Sent { recipient: Some("somewhere".to_owned()), status: Some(200) })
    }
}

impl TestApp {
    /// Delivers what is due, here and nowhere else.
    pub(crate) async fn deliver(&self, sinks: &[&Sink]) {
        let relay =
            Relay::new(self.flows.database().clone(), self.flows.environment().clone(), RelayOptions::default());
        let relay = sinks.iter().fold(relay, |relay, sink| relay.with_destination((*sink).clone()));
        relay.pass().await.unwrap();
    }
}

/// A webhook that was just created.
#[derive(Debug, Clone)]
pub(crate) struct MadeWebhook {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// `/admin/webhooks/whep_…`
    pub(crate) path: String,
}

impl MadeWebhook {
    /// The webhook of a response.
    pub(crate) fn of(webhook: &Json) -> Self {
        let text = |name: &str| webhook[name].as_str().unwrap().to_owned();
        Self { id: text("id"), secret: text("secret"), path: format!("/admin/webhooks/{}", text("id")) }
    }
}

impl User {
    /// Creates a webhook for all events.
    pub(crate) async fn webhook(&self, url: &str) -> MadeWebhook {
        let body = json!({ "url": url, "events": ["*"] });
        MadeWebhook::of(&self.post("/admin/webhooks", body).await.ok()["webhook"])
    }
}
