//! 10: neither status nor body nor time reveals whether an address has an account.

use std::sync::Arc;

use vestibule_auth::PasswordConfig;
use vestibule_testing::{TestDatabase, on_both_engines};

use crate::support::{Answer, Ask, PASSWORD, TestApp, together};

on_both_engines!(unknown_addresses_and_wrong_passwords_get_the_same_response);
on_both_engines!(4 threads: each_attempt_waits_for_a_hash);

const WRONG: &str = "Wrong-harbour-77x";

async fn unknown_addresses_and_wrong_passwords_get_the_same_response(app: TestApp) {
    app.user("ada@example.com").await;
    app.registered("registered@example.com").await;
    let deleted = app.user("deleted@example.com").await;
    app.admin().await.delete(&format!("/admin/users/{}", deleted.id)).await.ok();
    app.admin().await.post("/admin/users", serde_json::json!({ "email": "created@example.com" })).await.ok();
    app.admin().await.invite("invited@example.com").await;
    let known = app.anonymous().sign_in("ada@example.com", WRONG).await;
    known.is_error(401, "unauthorized", "Invalid email or password");
    for (email, password) in [
        ("nobody@example.com", WRONG),
        ("registered@example.com", WRONG),
        ("deleted@example.com", PASSWORD),
        ("created@example.com", PASSWORD),
        ("invited@example.com", PASSWORD),
        ("no address", WRONG),
        ("ada@example.com\u{200b}", PASSWORD),
        ("ada@example.com' OR '1'='1", PASSWORD),
        (&"a".repeat(10_000), PASSWORD),
    ] {
        let unknown = app.anonymous().sign_in(email, password).await;
        assert_eq!(visible(&unknown), visible(&known), "{email:.40}");
    }
}

/// Everything that a client sees of a response, except the id of the request.
fn visible(answer: &Answer) -> String {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    format!("{} {:?} {}", answer.status, headers.collect::<Vec<_>>(), answer.text())
}

/// Time is work, and the work is the hash: nothing else comes close. One thread hashes and one request may wait, so of
/// many concurrent attempts some are refused; without a hash to wait for, none would be.
async fn each_attempt_waits_for_a_hash(place: Arc<TestDatabase>) {
    let mut passwords = PasswordConfig::fast_for_tests();
    (passwords.threads, passwords.queue, passwords.memory_kib, passwords.passes) = (1, 1, 65_536, 2);
    let app = TestApp::on(&place).passwords(passwords).open().await;
    app.create_user("ada@example.com", PASSWORD).await;
    app.registered("registered@example.com").await;
    for email in ["ada@example.com", "nobody@example.com", "registered@example.com", "no address"] {
        let ask: Ask = app.anonymous().sign_in(email, WRONG);
        let answers = together(16, |_| {
            let ask = ask.clone();
            async move { ask.await.status }
        })
        .await;
        let busy = answers.iter().filter(|status| **status == 429).count();
        let refused = answers.iter().filter(|status| **status == 401).count();
        assert_eq!(busy + refused, 16, "{email}: {answers:?}");
        assert!(busy > 0 && refused > 0, "{email}: {answers:?}");
    }
}
