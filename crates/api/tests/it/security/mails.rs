//! Strangers cause few mails, and store little data, whatever they send.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Client, PASSWORD, TestApp};

on_both_engines!(one_client_address_causes_few_mails_to_any_recipients, data_stored_by_strangers_is_small,);

const RESET: &str = "/auth/user/emailpass/reset-password";
const VERIFY: &str = "/auth/verification/request";

fn of(address: &str) -> Json {
    json!({ "entity_id": address, "entity_type": "email" })
}

async fn one_client_address_causes_few_mails_to_any_recipients(app: TestApp) {
    app.user("ada@example.com").await;
    let from = |client: &Client, address: &str| Client::clone(client).at_address(address);
    let mut sent = 0;
    for number in 0..4 {
        let stranger = app.registered(&format!("eve{number}@example.com")).await;
        let stranger = from(&stranger, "203.0.113.9");
        for other in 0..9 {
            let answer = stranger.post(VERIFY, of(&format!("bob{number}-{other}@example.com"))).await;
            if sent < 30 {
                assert_eq!(answer.status, 201, "{sent}");
                sent += 1;
            } else {
                let message = "Too many mails were requested from your address. Try again in an hour.";
                answer.is_coded(429, "too_many_requests", "too_many_mails_from_address", message);
            }
        }
    }
    assert_eq!(app.events("auth.verification_requested").await.len(), 30);
    // The response does not reveal whether the address has an account.
    let anonymous = from(&app.anonymous(), "203.0.113.9");
    for identifier in ["ada@example.com", "nobody@example.com", "rubbish"] {
        assert_eq!(anonymous.post(RESET, json!({ "identifier": identifier })).await.status, 429);
    }
    let elsewhere = from(&app.anonymous(), "198.51.100.7");
    assert_eq!(elsewhere.post(RESET, json!({ "identifier": "ada@example.com" })).await.status, 201);
    assert_eq!(app.events("auth.password_reset").await.len(), 1);
    app.clock.advance(Duration::from_secs(3_600));
    assert_eq!(anonymous.post(RESET, json!({ "identifier": "ada@example.com" })).await.status, 201);
    assert_eq!(app.events("auth.password_reset").await.len(), 2);
}

async fn data_stored_by_strangers_is_small(app: TestApp) {
    app.user("ada@example.com").await;
    let stranger = app.registered("eve@example.com").await;
    let large = json!({ "a": "x".repeat(60_000) });
    let mut body = of("bob@example.com");
    body["metadata"] = large.clone();
    assert_eq!(stranger.post(VERIFY, body).await.status, 400);
    let body = json!({ "identifier": "ada@example.com", "metadata": large });
    assert_eq!(app.anonymous().post(RESET, body).await.status, 400);
    for number in 0..20 {
        assert_eq!(app.anonymous().sign_in("eve@example.com", PASSWORD).await.status, 200);
        let body = json!({ "identifier": format!("unknown{number}@example.com") });
        assert_eq!(app.anonymous().post(RESET, body).await.status, 201);
    }
    let count = async |text: &'static str| app.flows.database().query::<()>(text, &[]).await.unwrap().len();
    let sessions = "SELECT s.id FROM auth_sessions s JOIN auth_identities i ON i.id = s.auth_identity_id
                    WHERE i.expires_at IS NOT NULL";
    assert_eq!(count(sessions).await, 5);
    assert_eq!(count("SELECT 1 FROM auth_stranger_mails WHERE recipient LIKE '%example.com'").await, 0);
    assert!(app.events("auth.password_reset").await.is_empty());
}

/// The most bytes that one request of each kind adds to the database, with everything that a stranger can send in it.
#[tokio::test]
async fn a_strangers_request_adds_a_few_kilobytes() {
    let app = TestApp::sqlite().await;
    app.user("ada@example.com").await;
    let size = async || {
        let text = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        app.flows.database().query_scalar::<i64>(text, &[]).await.unwrap()
    };
    let agent = "x".repeat(5_000);
    let client = Client::clone(&app.anonymous()).with_header("user-agent", &agent);
    let mut added = Vec::new();
    for kind in ["register", "verification", "reset", "sign-in", "wrong password"] {
        let before = size().await;
        for number in 0..50 {
            let address = format!("{kind}{number}-{}@example.com", "x".repeat(40)).replace(' ', "-");
            let credentials = json!({ "email": address, "password": PASSWORD });
            match kind {
                "register" => drop(client.post("/auth/user/emailpass/register", credentials).await.ok()),
                "verification" => {
                    let stranger = app.registered(&address).await;
                    let mut body = of(&address);
                    body["metadata"] = json!({ "a": "x".repeat(2_000) });
                    assert_eq!(stranger.post(VERIFY, body).await.status, 201);
                }
                "reset" => {
                    let body = json!({ "identifier": address, "metadata": { "a": "x".repeat(2_000) } });
                    assert_eq!(client.post(RESET, body).await.status, 201);
                }
                "sign-in" => {
                    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
                    assert_eq!(client.post("/auth/user/emailpass", credentials).await.status, 200);
                }
                _ => assert_eq!(client.post("/auth/user/emailpass", credentials).await.status, 401),
            }
        }
        added.push((kind, (size().await - before) / 50));
    }
    eprintln!("bytes a request: {added:?}");
    assert!(added.iter().all(|(_, bytes)| *bytes < 12_000), "{added:?}");
}
