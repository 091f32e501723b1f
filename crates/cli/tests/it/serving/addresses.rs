//! Client addresses and rate limits (security.md 12).

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Place, Server};

on_both_engines!(4 threads: behind_a_proxy_the_client_is_known_and_counted, without_trusted_proxies_headers_are_ignored);

/// Returns the status of a request to a rate-limited endpoint, with this forwarding header.
async fn preview_status(server: &Server, forwarded: &str) -> u16 {
    let mut client = server.client().with_header("x-forwarded-for", forwarded);
    let answer = client.post("/auth/invites/preview", json!({ "token": "rubbish" })).await;
    if answer.status == 429 {
        assert_eq!(answer.refusal().1, "too_many_requests_from_address");
        assert_eq!(answer.json()["type"], "too_many_requests");
        assert!((1..=20).contains(&answer.retry_after().unwrap()), "{answer:?}");
    }
    answer.status.as_u16()
}

/// Returns the address of the newest sign-in in the audit log.
async fn signed_in_from(server: &Server, forwarded: &str) -> Json {
    let credentials = json!({ "email": "admin@example.com", "password": PASSWORD });
    let mut client = server.client().with_header("x-forwarded-for", forwarded);
    let token = client.post("/auth/user/emailpass", credentials).await.ok()["token"].as_str().unwrap().to_owned();
    let found = server.client().with_token(&token).get("/admin/audit?action=session.started&limit=1").await.ok();
    found["audit_entries"][0]["address"].clone()
}

async fn behind_a_proxy_the_client_is_known_and_counted(place: Place) {
    let place = place.with("VESTIBULE_SERVER_TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8");
    let place = place.with("VESTIBULE_LIMITS_PER_ADDRESS", "3");
    let servers = [place.serve().await, place.serve().await];
    place.create_user("admin@example.com").await;
    assert_eq!(signed_in_from(&servers[0], "1.2.3.4, 203.0.113.9, 10.0.0.7").await, "203.0.113.9");
    for server in &servers {
        for number in 0..3 {
            let status = preview_status(server, &format!("{number}.2.3.4, 198.51.100.1")).await;
            assert_ne!(status, 429, "each process counts separately");
        }
        assert_eq!(preview_status(server, "9.9.9.9, 198.51.100.1, 10.0.0.7").await, 429);
        assert_ne!(preview_status(server, "198.51.100.2").await, 429);
    }
}

async fn without_trusted_proxies_headers_are_ignored(place: Place) {
    let place = place.with("VESTIBULE_LIMITS_PER_ADDRESS", "3");
    let server = place.serve().await;
    place.create_user("admin@example.com").await;
    assert_eq!(signed_in_from(&server, "203.0.113.9").await, "127.0.0.1");
    let mut statuses = Vec::new();
    for number in 0..4 {
        statuses.push(preview_status(&server, &format!("203.0.113.{number}")).await == 429);
    }
    assert_eq!(statuses, [false, false, true, true], "with the sign-in before, three");
}

/// For load tests from one address.
#[tokio::test]
async fn a_limit_of_0_means_no_limit() {
    let place = Place::sqlite();
    let server = place.serve_with(&["--limits-per-address", "0"]).await;
    for _ in 0..400 {
        assert_ne!(preview_status(&server, "203.0.113.9").await, 429);
    }
}
