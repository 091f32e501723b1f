//! Odd headers.

use vestibule_testing::on_both_engines;

use super::Scene;
use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(odd_headers_are_answered_by_every_route);

async fn odd_headers_are_answered_by_every_route(app: TestApp) {
    let scene = Scene::of(app).await;
    let long = "x".repeat(20_000);
    let many = "connect.sid=x; ".repeat(1_000);
    let headers: Vec<(&str, &str)> = vec![
        ("authorization", ""),
        ("authorization", "Bearer"),
        ("authorization", "Bearer \u{e9}"),
        ("authorization", "Bearer a.b.c.d"),
        ("authorization", "Bearer ..."),
        ("authorization", "Bearer eyJhbGciOiJub25lIn0..x"),
        ("authorization", "Basic %%%"),
        ("authorization", &long),
        ("cookie", ""),
        ("cookie", ";;;=;=="),
        ("cookie", "connect.sid"),
        ("cookie", "connect.sid=\u{e9}"),
        ("cookie", "connect.sid=%00%ff"),
        ("cookie", &long),
        ("cookie", &many),
        ("accept", "text/html"),
        ("accept", "application/xml;q=0"),
        ("accept-encoding", "gzip;q=0, identity;q=0, *;q=0"),
        ("accept-encoding", "gzip, br"),
        ("content-type", "application/json; charset"),
        ("content-encoding", "gzip"),
        ("x-request-id", "a b\u{e9}"),
        ("x-request-id", &long),
        ("x-forwarded-for", "'; DROP TABLE users; --"),
        ("x-forwarded-host", "evil.example"),
        ("x-http-method-override", "DELETE"),
        ("expect", "100-continue"),
        ("range", "bytes=0-1"),
        ("if-none-match", "*"),
        ("if-modified-since", "now"),
        ("upgrade", "websocket"),
        ("sec-fetch-site", "\u{e9}"),
    ];
    for operation in operations() {
        let good = scene.good(operation);
        // Only requests that change nothing when they succeed.
        let is_harmless = operation.method == "GET" || operation.path.contains("preview");
        for (name, value) in headers.iter().filter(|(name, _)| is_harmless || *name == "authorization") {
            // In place of the caller's header, and beside it.
            for client in [&good.client, &*scene.app.anonymous()] {
                if !is_harmless && std::ptr::eq(client, &good.client) {
                    continue;
                }
                let mut ask = client.ask(&operation.method, &good.path).header(name, value);
                if let Some(body) = &good.body {
                    ask = ask.json(body);
                }
                if operation.path == "/auth/invites/accept" {
                    continue;
                }
                let answer = ask.await;
                assert!(answer.status < 500, "{} with {name} {value:.40}: {}", answer.asked, answer.text());
                assert!(answer.headers.get("x-request-id").is_some_and(|id| id.len() < 65));
            }
        }
    }
    // The same header twice, of which the second would be valid.
    let twice = scene
        .app
        .bearer("rubbish")
        .get("/admin/users/me")
        .header("authorization", &format!("Bearer {}", scene.admin.token));
    twice.await.is_unauthorized();
}
