//! Users with a second factor.

use std::time::Duration;

use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret};

use super::{Answer, Client, PASSWORD, TestApp};

/// A code that no authenticator app shows during these tests.
pub(crate) const WRONG_CODE: &str = "000000";

/// A second factor, and what an authenticator app knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A sign-in whose second factor is due.
pub(crate) struct PendingSignIn {
    pub(crate) client: Client,
    pub(crate) token: String,
    pub(crate) challenge: Json,
}

impl TestApp {
    /// What an authenticator app shows at this moment.
    pub(crate) fn code(&self, secret: &str) -> String {
        let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
        totp.generate(u64::try_from(self.clock_seconds()).unwrap()).to_string()
    }

    /// The code of half a minute later, to which the clock moves.
    pub(crate) fn next_code(&self, secret: &str) -> String {
        self.clock.advance(Duration::from_secs(30));
        self.code(secret)
    }

    /// Enrols a second factor for a user. The next valid code is [`TestApp::next_code`].
    pub(crate) async fn enrol(&self, user: &Client) -> Factor {
        let started = user.post("/auth/mfa/factors", json!({ "provider": "totp", "label": "phone" })).await.ok();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let factor = Factor { id: text(&started["mfa_factor"]["id"]), secret: text(&started["secret"]) };
        let path = format!("/auth/mfa/factors/{}/verify", factor.id);
        user.post(&path, json!({ "code": self.code(&factor.secret) })).await.ok();
        factor
    }

    /// Signs in a user with [`PASSWORD`] and a second factor, up to the challenge.
    pub(crate) async fn pending_sign_in(&self, email: &str) -> PendingSignIn {
        PendingSignIn::of(self, &self.anonymous().sign_in(email, PASSWORD).await.ok())
    }
}

impl PendingSignIn {
    pub(crate) fn of(app: &TestApp, answer: &Json) -> Self {
        assert_eq!(answer["mfa_required"], true, "{answer}");
        let token = answer["token"].as_str().unwrap().to_owned();
        Self { client: app.bearer(&token), token, challenge: answer["mfa_challenge"].clone() }
    }

    pub(crate) fn path(&self) -> String {
        format!("/auth/mfa/challenges/{}/verify", self.challenge["id"].as_str().unwrap())
    }

    pub(crate) async fn answer(&self, method: &str, code: &str) -> Answer {
        self.client.post(&self.path(), json!({ "method": method, "code": code })).await
    }
}
