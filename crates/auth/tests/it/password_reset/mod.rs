//! Resetting a password by a token that was sent (security.md 1 to 3 and 13).

mod redeem;
mod request;
mod together;

use serde_json::Value as Json;
use vestibule_auth::RequestPasswordReset;
use vestibule_outbox::Event;

use crate::support::Module;

pub(super) fn of(address: &str) -> RequestPasswordReset<'_> {
    RequestPasswordReset { provider: "emailpass", entity_id: address, actor_type: "user" }
}

impl Module {
    /// The newest event of a name.
    pub(super) async fn newest_event(&self, name: &str) -> Option<Event> {
        let events = vestibule_outbox::newest(&self.database, 100).await.unwrap();
        events.into_iter().find(|event| event.name == name)
    }

    /// The data of the newest event of a name, as it is delivered.
    pub(super) async fn delivered(&self, name: &str) -> Json {
        let event = self.newest_event(name).await.unwrap_or_else(|| panic!("no event {name}"));
        self.service.reveal_event(&event).unwrap()
    }

    /// Requests a token, and reads the mail.
    pub(super) async fn reset_token(&self, address: &str) -> String {
        self.service.request_password_reset(of(address), None).await.unwrap();
        self.delivered("auth.password_reset").await["token"].as_str().unwrap().to_owned()
    }
}
