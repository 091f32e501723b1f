//! Secrets of events that the database must not hold in the clear: tokens and codes to be mailed.
//!
//! They are sent through the outbox, whose rows every reader of the database can read. So such a value is sealed there,
//! and opened when the event is delivered.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Value as Json, json};
use vestibule_core::InvalidSealedValue;
use vestibule_outbox::{Event, EventName};

use crate::AuthModule;

/// The keys of an event's data under which a value may be sealed.
const SEALED_KEYS: [&str; 2] = ["token", "code"];

impl AuthModule {
    /// Replaces a secret in an event's data.
    pub(crate) fn seal_for_event(&self, name: &EventName, subject: &str, secret: &str) -> Json {
        let sealed = self.options.sealing_key.seal(&self.environment, &context(name, subject), secret.as_bytes());
        json!({ "sealed": BASE64.encode(sealed) })
    }

    /// Returns the data of an event with its secrets, for delivery. Data without secrets is returned as it is.
    ///
    /// # Errors
    ///
    /// [`InvalidSealedValue`] if a secret was sealed with another key.
    pub fn reveal_event(&self, event: &Event) -> Result<Json, InvalidSealedValue> {
        let mut data = event.data.clone();
        for key in SEALED_KEYS {
            let Some(value) = data.get_mut(key) else { continue };
            let Some(sealed) = value.get("sealed").and_then(Json::as_str) else { continue };
            let sealed = BASE64.decode(sealed).map_err(|_| InvalidSealedValue)?;
            let secret = self.options.sealing_key.open(&context(&event.name, &event.subject), &sealed)?;
            *value = Json::String(String::from_utf8(secret).map_err(|_| InvalidSealedValue)?);
        }
        Ok(data)
    }
}

fn context(name: &EventName, subject: &str) -> String {
    format!("event {name} {subject}")
}
