//! `/auth/mfa`

mod challenges;
mod enrolment;
mod factors;
mod fresh_proof;
mod recovery_codes;
mod registrations;
mod several;

use serde_json::Value as Json;
use vestibule_outbox::Event;

use crate::support::TestApp;

impl TestApp {
    /// The events about second factors, oldest first.
    pub(crate) async fn mfa_events(&self) -> Vec<(String, Json)> {
        let mut events: Vec<Event> = vestibule_outbox::newest(self.flows.database(), 1_000).await.unwrap();
        events.reverse();
        events.retain(|event| event.name.as_str().starts_with("auth.mfa_"));
        events.into_iter().map(|event| (event.name.to_string(), event.data)).collect()
    }

    /// How many rows match.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.flows.database().query_scalar(format!("SELECT count(*) FROM {from}"), &[]).await.unwrap()
    }
}
