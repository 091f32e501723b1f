//! 12: one address may not knock at the doors without end, whatever it says of itself.

use std::time::Duration;

use serde_json::json;
use vestibule_api::routes::ROUTES;
use vestibule_testing::on_both_engines;

use crate::support::{Client, PASSWORD, TestApp};

on_both_engines!(who_knocks_too_often_has_to_wait, going_on_and_everything_else_is_not_counted);

/// Where something is guessed, or made without being known. Going on with a session that is there is none of it.
#[test]
fn every_way_in_is_a_door_and_nothing_else_is() {
    for route in ROUTES {
        let name = format!("{} {}", route.method, route.path);
        let goes_on = ["POST /auth/session", "POST /auth/token/refresh"].contains(&name.as_str());
        // Where a provider redirects, people come in by GET; a factor goes by its code.
        let comes_in = [
            "DELETE /auth/mfa/factors/{id}",
            "POST /admin/invites/accept",
            "GET /auth/{actor_type}/{provider}",
            "GET /auth/{actor_type}/{provider}/callback",
        ];
        let is_way_in = name.starts_with("POST /auth/") && !goes_on || comes_in.contains(&name.as_str());
        assert_eq!(route.is_rate_limited, is_way_in, "{name}");
    }
}

#[derive(Clone, Copy)]
enum Door {
    SignIn,
    Register,
    Preview,
}

/// The status of a request at a door.
async fn knock(client: &Client, door: Door) -> u16 {
    let credentials = json!({ "email": "nobody@example.com", "password": PASSWORD });
    match door {
        Door::SignIn => client.sign_in("nobody@example.com", "wrong").await.status,
        Door::Register => client.post("/auth/user/emailpass/register", credentials).await.status,
        Door::Preview => client.post("/auth/invites/preview", json!({ "token": "rubbish" })).await.status,
    }
}

async fn who_knocks_too_often_has_to_wait(app: TestApp) {
    let from = |address: &str| Client::clone(&app.anonymous()).at_address(address);
    let client = from("203.0.113.9");
    for number in 0..100 {
        for door in [Door::SignIn, Door::Register, Door::Preview] {
            let status = knock(&client, door).await;
            // Whoever guesses one account is stopped by that before.
            assert!(status != 429 || matches!(door, Door::SignIn) && number >= 10, "{status}");
        }
    }
    let refused = client.post("/auth/invites/preview", json!({ "token": "rubbish" })).await;
    refused.is_coded(
        429,
        "too_many_requests",
        "too_many_requests_from_address",
        "Too many requests from your address. Wait a moment and try again.",
    );
    assert_eq!(refused.header("retry-after"), Some("1"));

    // What anybody can write does not help, nor does it harm anybody else.
    for (name, value) in
        [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1"), ("x-real-ip", "198.51.100.1")]
    {
        assert_eq!(knock(&client.clone().with_header(name, value), Door::Preview).await, 429, "{name}");
    }
    assert_eq!(knock(&from("::ffff:203.0.113.9"), Door::Preview).await, 429, "the same, written as IPv6");
    for address in ["198.51.100.1", "203.0.113.8"] {
        assert_ne!(knock(&from(address), Door::Preview).await, 429, "{address}");
    }
    assert_ne!(knock(&app.anonymous(), Door::Preview).await, 429, "from nobody knows where");

    app.clock.advance(Duration::from_secs(1));
    assert_ne!(knock(&client, Door::Preview).await, 429);
}

async fn going_on_and_everything_else_is_not_counted(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let client = Client::clone(&ada).at_address("203.0.113.9");
    for _ in 0..200 {
        client.get("/admin/users/me").await.ok();
        client.post_nothing("/auth/token/refresh").await.ok();
    }
    for _ in 0..300 {
        assert_ne!(knock(&client, Door::Preview).await, 429);
    }
    assert_eq!(knock(&client, Door::Preview).await, 429);
    client.get("/admin/users/me").await.ok();
    client.post_nothing("/auth/session").await.ok();
    client.post_nothing("/auth/token/refresh").await.ok();
    client.get("/auth/user/providers").await.ok();
}

#[tokio::test]
async fn behind_a_trusted_proxy_it_is_the_client_who_is_counted() {
    let place = std::sync::Arc::new(vestibule_testing::TestDatabase::sqlite());
    let app = TestApp::on(&place).trusted_proxies(&["10.0.0.0/8"]).requests_per_address(2).open().await;
    let proxy = |forwarded: &str| {
        Client::clone(&app.anonymous()).at_address("10.0.0.1").with_header("x-forwarded-for", forwarded)
    };
    for forwarded in ["203.0.113.9", "1.2.3.4, 203.0.113.9"] {
        assert_ne!(knock(&proxy(forwarded), Door::Preview).await, 429);
    }
    // Whatever the client had written before.
    for forwarded in ["203.0.113.9", "5.6.7.8, 203.0.113.9", "10.0.0.9, 203.0.113.9", "203.0.113.9, 10.2.2.2"] {
        assert_eq!(knock(&proxy(forwarded), Door::Preview).await, 429, "{forwarded}");
    }
    assert_ne!(knock(&proxy("198.51.100.1"), Door::Preview).await, 429);
    for number in 0..2 {
        assert_ne!(knock(&proxy(&format!("2001:db8:0:7::{number}")), Door::Preview).await, 429);
    }
    assert_eq!(knock(&proxy("2001:db8:0:7:8:9:a:b"), Door::Preview).await, 429, "a neighbour in the same /64");
    assert_ne!(knock(&proxy("2001:db8:0:8::1"), Door::Preview).await, 429);
}

#[tokio::test]
async fn a_limit_of_0_is_none() {
    let place = std::sync::Arc::new(vestibule_testing::TestDatabase::sqlite());
    let app = TestApp::on(&place).requests_per_address(0).open().await;
    let client = Client::clone(&app.anonymous()).at_address("203.0.113.9");
    for _ in 0..400 {
        assert_ne!(knock(&client, Door::Preview).await, 429);
    }
}
