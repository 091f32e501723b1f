//! A client that may reach this machine, and an example message.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_webhook::{AddressGuard, Answer, Client, ClientConfig, Endpoint, Failure, Message, Secret};

/// The specification's own example.
pub(crate) const EXAMPLE_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const EXAMPLE_ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
pub(crate) const EXAMPLE_SECONDS: i64 = 1_614_265_330;
pub(crate) const EXAMPLE_BODY: &str = r#"{"test": 2432232314}"#;
pub(crate) const EXAMPLE_SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

pub(crate) fn example_secret() -> Secret {
    Secret::parse(EXAMPLE_SECRET).unwrap()
}

pub(crate) fn example_moment() -> Timestamp {
    Timestamp::from_seconds(EXAMPLE_SECONDS)
}

/// Reaches this machine, with limits that only a fault exceeds.
pub(crate) fn config() -> ClientConfig {
    let guard = AddressGuard { allowed: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()] };
    ClientConfig { guard, timeout: Duration::from_secs(20), ..ClientConfig::default() }
}

/// Reaches this machine, with short limits.
pub(crate) fn impatient() -> Client {
    Client::new(&ClientConfig { timeout: Duration::from_millis(250), ..config() }).unwrap()
}

pub(crate) fn client() -> Client {
    Client::new(&config()).unwrap()
}

/// Sends the example.
pub(crate) async fn send(client: &Client, url: &str) -> Result<Answer, Failure> {
    let endpoint: Endpoint = url.parse().unwrap();
    let secrets = [example_secret()];
    let body = EXAMPLE_BODY.into();
    let message = Message { endpoint: &endpoint, id: EXAMPLE_ID, at: example_moment(), secrets: &secrets, body };
    client.send(&message).await
}
