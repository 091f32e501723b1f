//! 12: requests from one address are limited, whatever their headers claim.

use std::time::Duration;

use serde_json::json;
use vestibule_api::routes::ROUTES;
use vestibule_testing::on_both_engines;

use crate::support::{Client, PASSWORD, TestApp};

on_both_engines!(too_many_requests_from_an_address_return_429, requests_in_a_session_are_not_counted);

/// Routes where something can be guessed, or created without a session. Continuing a session is not limited.
#[test]
fn exactly_the_routes_that_can_be_guessed_are_limited() {
    for route in ROUTES {
        let name = format!("{} {}", route.method, route.path);
        let is_continuation = ["POST /auth/session", "POST /auth/token/refresh"].contains(&name.as_str());
        // Where a provider redirects, users sign in by GET; deleting a factor or a provider takes a code or a password.
        let also_limited = [
            "DELETE /auth/mfa/factors/{id}",
            "DELETE /auth/identities/{provider}",
            "POST /admin/invites/accept",
            "GET /auth/{actor_type}/{provider}",
            "GET /auth/{actor_type}/{provider}/callback",
        ];
        let is_limited = name.starts_with("POST /auth/") && !is_continuation || also_limited.contains(&name.as_str());
        assert_eq!(route.is_rate_limited, is_limited, "{name}");
    }
}

#[derive(Clone, Copy)]
enum Limited {
    SignIn,
    Register,
    Preview,
}

/// The status of a request to a limited route.
async fn request_status(client: &Client, route_kind: Limited) -> u16 {
    let credentials = json!({ "email": "nobody@example.com", "password": PASSWORD });
    match route_kind {
        Limited::SignIn => client.sign_in("nobody@example.com", "wrong").await.status,
        Limited::Register => client.post("/auth/user/emailpass/register", credentials).await.status,
        Limited::Preview => client.post("/auth/invites/preview", json!({ "token": "rubbish" })).await.status,
    }
}

async fn too_many_requests_from_an_address_return_429(app: TestApp) {
    let from = |address: &str| Client::clone(&app.anonymous()).at_address(address);
    let client = from("203.0.113.9");
    for number in 0..100 {
        for route_kind in [Limited::SignIn, Limited::Register, Limited::Preview] {
            let status = request_status(&client, route_kind).await;
            // Guesses at one account are stopped earlier.
            assert!(status != 429 || matches!(route_kind, Limited::SignIn) && number >= 10, "{status}");
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

    // Headers that any client can set neither help nor harm other clients.
    for (name, value) in
        [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1"), ("x-real-ip", "198.51.100.1")]
    {
        assert_eq!(request_status(&client.clone().with_header(name, value), Limited::Preview).await, 429, "{name}");
    }
    assert_eq!(request_status(&from("::ffff:203.0.113.9"), Limited::Preview).await, 429, "the same, written as IPv6");
    for address in ["198.51.100.1", "203.0.113.8"] {
        assert_ne!(request_status(&from(address), Limited::Preview).await, 429, "{address}");
    }
    assert_ne!(request_status(&app.anonymous(), Limited::Preview).await, 429, "without a client address");

    app.clock.advance(Duration::from_secs(1));
    assert_ne!(request_status(&client, Limited::Preview).await, 429);
}

async fn requests_in_a_session_are_not_counted(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let client = Client::clone(&ada).at_address("203.0.113.9");
    for _ in 0..200 {
        client.get("/admin/users/me").await.ok();
        client.post_nothing("/auth/token/refresh").await.ok();
    }
    for _ in 0..300 {
        assert_ne!(request_status(&client, Limited::Preview).await, 429);
    }
    assert_eq!(request_status(&client, Limited::Preview).await, 429);
    client.get("/admin/users/me").await.ok();
    client.post_nothing("/auth/session").await.ok();
    client.post_nothing("/auth/token/refresh").await.ok();
    client.get("/auth/user/providers").await.ok();
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_address_is_counted() {
    let place = std::sync::Arc::new(vestibule_testing::TestDatabase::sqlite());
    let app = TestApp::on(&place).trusted_proxies(&["10.0.0.0/8"]).requests_per_address(2).open().await;
    let proxy = |forwarded: &str| {
        Client::clone(&app.anonymous()).at_address("10.0.0.1").with_header("x-forwarded-for", forwarded)
    };
    for forwarded in ["203.0.113.9", "1.2.3.4, 203.0.113.9"] {
        assert_ne!(request_status(&proxy(forwarded), Limited::Preview).await, 429);
    }
    // Whatever the client wrote before.
    for forwarded in ["203.0.113.9", "5.6.7.8, 203.0.113.9", "10.0.0.9, 203.0.113.9", "203.0.113.9, 10.2.2.2"] {
        assert_eq!(request_status(&proxy(forwarded), Limited::Preview).await, 429, "{forwarded}");
    }
    assert_ne!(request_status(&proxy("198.51.100.1"), Limited::Preview).await, 429);
    for number in 0..2 {
        assert_ne!(request_status(&proxy(&format!("2001:db8:0:7::{number}")), Limited::Preview).await, 429);
    }
    assert_eq!(
        request_status(&proxy("2001:db8:0:7:8:9:a:b"), Limited::Preview).await,
        429,
        "a neighbour in the same /64"
    );
    assert_ne!(request_status(&proxy("2001:db8:0:8::1"), Limited::Preview).await, 429);
}

#[tokio::test]
async fn a_limit_of_0_is_unlimited() {
    let place = std::sync::Arc::new(vestibule_testing::TestDatabase::sqlite());
    let app = TestApp::on(&place).requests_per_address(0).open().await;
    let client = Client::clone(&app.anonymous()).at_address("203.0.113.9");
    for _ in 0..400 {
        assert_ne!(request_status(&client, Limited::Preview).await, 429);
    }
}
