//! The callers that send the examples, and what they refer to.

use std::collections::HashMap;
use std::ops::Deref;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::support::{Answer, Client, PASSWORD, TestApp};

pub(super) struct Scene {
    callers: HashMap<&'static str, Client>,
    /// The values of the names in braces in examples.
    words: Vec<(&'static str, String)>,
}

fn client(caller: &impl Deref<Target = Client>) -> Client {
    Client::clone(caller)
}

impl Scene {
    pub(super) async fn of(app: TestApp) -> Self {
        let mut callers: HashMap<&'static str, Client> = HashMap::new();
        // First those whose sign-in must be ten minutes old when the others sign in.
        callers.insert("administrator, ten minutes later", client(&app.admin().await));
        let careful = app.user("careful@example.com").await;
        let factor = app.enrol(&careful).await.id;
        callers.insert("user with a factor, ten minutes later", client(&careful));
        app.clock.advance(Duration::from_secs(10 * 60 + 1));

        let admin = app.admin().await;
        let half = app.user("half@example.com").await;
        app.enrol(&half).await;
        let user = app.user("guessed@example.com").await;
        let invite = admin.invite("invited@example.com").await;
        let reset = app.reset_token("guessed@example.com").await;
        let key = admin.api_key("Report", None).await;
        let readers = app.role_of("Readers", &["user:read"]).await;
        let limited = admin.api_key("Limited", Some(&[&readers])).await;
        callers.insert("anonymous", client(&app.anonymous()));
        callers.insert("another session", client(&app.user("another@example.com").await));
        callers.insert("browser", app.cookie(&admin.cookie().await));
        callers.insert("half signed in", app.pending_sign_in("half@example.com").await.client);
        callers.insert("limited API key", app.basic(&limited.token));
        callers.insert("API key", app.basic(&key.token));
        let reader = app.limited("reader@example.com", &["user:read", "invite:read"]).await;
        callers.insert("reader", client(&reader));
        callers.insert("registration", client(&app.registered("waiting@example.com").await));
        callers.insert("reset link", app.bearer(&reset));
        let words = vec![
            ("{administrator}", admin.id.clone()),
            ("{api_key}", key.id),
            ("{factor}", factor),
            ("{invite_token}", invite.token),
            ("{invite}", invite.id),
            ("{password}", PASSWORD.to_owned()),
            ("{user}", user.id),
        ];
        callers.insert("administrator", client(&admin));
        Self { callers, words }
    }

    /// Sends an entry's request, as often as it says; the last response counts.
    pub(super) async fn answer(&self, entry: &Json) -> Answer {
        let text = entry["request"].to_string();
        let text = self.words.iter().fold(text, |text, (word, value)| text.replace(word, value));
        let request: Json = serde_json::from_str(&text).unwrap();
        let (method, path) = (request[0].as_str().unwrap(), request[1].as_str().unwrap());
        let caller = entry["as"].as_str().unwrap();
        let caller = self.callers.get(caller).unwrap_or_else(|| panic!("there is no caller {caller}"));
        let mut ask = caller.ask(method, path);
        for (name, value) in entry.get("request_headers").unwrap_or(&json!({})).as_object().unwrap() {
            ask = ask.header(name, value.as_str().unwrap());
        }
        ask = match request.get(2) {
            // A content type of its own is among the headers.
            Some(Json::String(raw)) => ask.raw("", raw.as_str()),
            Some(body) => ask.json(body),
            None => ask,
        };
        for _ in 1..entry["times"].as_u64().unwrap_or(1) {
            ask.clone().await;
        }
        ask.await
    }
}
