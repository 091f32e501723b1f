//! The policy that each route of webhooks, deliveries and events requires.

use vestibule_testing::on_both_engines;

use super::URL;
use crate::support::TestApp;

on_both_engines!(each_route_requires_its_policy);

/// security.md 25
async fn each_route_requires_its_policy(app: TestApp) {
    let limited = app.limited("limited@example.com", &["user:read"]).await;
    let webhook = app.admin().await.webhook(URL).await.path;
    for (number, (method, path, policy)) in [
        ("GET", "/admin/webhooks", "webhook:read"),
        ("POST", "/admin/webhooks", "webhook:create"),
        ("GET", &webhook, "webhook:read"),
        ("POST", &webhook, "webhook:update"),
        ("POST", &format!("{webhook}/rotate-secret"), "webhook:update"),
        ("POST", &format!("{webhook}/test"), "webhook:update"),
        ("GET", &format!("{webhook}/deliveries"), "webhook:read"),
        ("POST", &format!("{webhook}/deliveries/x/redeliver"), "webhook:update"),
        ("DELETE", &webhook, "webhook:delete"),
        ("GET", "/admin/deliveries", "delivery:read"),
        ("GET", "/admin/deliveries/x", "delivery:read"),
        ("POST", "/admin/deliveries/x/retry", "delivery:update"),
        ("GET", "/admin/events", "event:read"),
    ]
    .into_iter()
    .enumerate()
    {
        let lacking = format!("Insufficient permissions. Required policies: {policy}");
        limited.ask(method, path).await.is_error(403, "forbidden", &lacking);
        let may = app.limited(&format!("may{number}@example.com"), &[policy]).await;
        assert_ne!(may.ask(method, path).await.status, 403, "{method} {path}");
    }
}
