//! `/auth/mfa`

mod challenges;
mod enrolment;
mod factors;
mod fresh_proof;
mod recovery_codes;
mod registrations;

use serde_json::Value as Json;
use vestibule_outbox::Event;

use crate::support::TestApp;

impl TestApp {
    /// The events of second factors, oldest first.
    pub(crate) async fn mfa_events(&self) -> Vec<(String, Json)> {
        let mut events: Vec<Event> = vestibule_outbox::newest(self.flows.database(), 1_000).await.unwrap();
        events.reverse();
        events.retain(|event| event.name.as_str().starts_with("auth.mfa_"));
        events.into_iter().map(|event| (event.name.to_string(), event.data)).collect()
    }

    /// How many rows match.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        let text = format!("SELECT count(*) AS number FROM {from}");
        self.flows.database().query::<Number>(text, &[]).await.unwrap()[0].0
    }
}

struct Number(i64);

impl vestibule_database::FromRow for Number {
    fn from_row(row: &vestibule_database::Row<'_>) -> Result<Self, vestibule_database::Error> {
        row.get("number").map(Self)
    }
}
