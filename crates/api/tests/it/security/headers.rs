//! 32: the headers of every response. The client of every test checks most of them, see `support::Answer`.

use std::sync::Arc;

use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::TestApp;

on_both_engines!(personal_responses_are_not_stored, over_https_strict_transport_security_is_sent);

async fn personal_responses_are_not_stored(app: TestApp) {
    let admin = app.admin().await;
    for path in ["/admin/users", "/admin/users/me", "/admin/invites", "/nosuch", "/health", "/auth/user/providers"] {
        let answer = admin.get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(answer.header("strict-transport-security"), None);
        for name in ["server", "x-powered-by", "etag", "access-control-allow-origin"] {
            assert_eq!(answer.header(name), None, "{path}");
        }
    }
    let signed_in = admin.sign_in("admin@example.com", crate::support::PASSWORD).await;
    assert_eq!(signed_in.header("cache-control"), Some("no-store"));
}

async fn over_https_strict_transport_security_is_sent(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).public_url("https://vestibule.example").open().await;
    for path in ["/health", "/nosuch", "/admin/users", "/docs/", "/openapi.json"] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
    }
}
