//! Bodies that are too large.

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::Scene;
use crate::support::TestApp;
use crate::support::documented::operations;

on_both_engines!(a_body_may_have_256_kib, metadata_may_have_64_kib_and_32_levels);

async fn a_body_may_have_256_kib(app: TestApp) {
    let scene = Scene::of(app).await;
    let before = scene.fingerprint().await;
    for operation in operations() {
        let good = scene.good(operation);
        let padded = |length: usize| format!(r#"{{"nosuch":"{}"}}"#, "x".repeat(length - 13));
        for length in [256 * 1024 + 1, 1_000_000, 5_000_000] {
            let refused = good.ask().raw("application/json", padded(length)).await;
            let message = "The request's body is too large: it may have at most 262144 bytes";
            refused.is_error(413, "invalid_data", message);
        }
        // A body of the greatest size is read, and refused for its content.
        if operation.body().is_some() {
            let refused = good.ask().raw("application/json", padded(256 * 1024)).await;
            assert!(matches!(refused.status, 400 | 401), "{} answered {}", refused.asked, refused.status);
        }
    }
    assert_eq!(scene.fingerprint().await, before);
}

async fn metadata_may_have_64_kib_and_32_levels(app: TestApp) {
    let admin = app.admin().await;
    let nested = |levels: usize| (1..levels).fold(json!(1), |inner, _| json!([inner]));
    for (metadata, status, message) in [
        (json!({ "a": "x".repeat(65_528) }), 200, ""),
        (json!({ "a": "x".repeat(65_529) }), 400, "metadata is larger than 64 KiB"),
        (json!({ "a": nested(32) }), 200, ""),
        (json!({ "a": nested(33) }), 400, "metadata is nested more than 32 levels deep"),
    ] {
        let body = json!({ "email": "new@example.com", "metadata": metadata });
        let answer = admin.post("/admin/invites", body).await;
        assert_eq!(answer.status, status, "{:.200}", answer.text());
        match status {
            200 => {
                let id = answer.json()["invite"]["id"].as_str().unwrap().to_owned();
                admin.delete(&format!("/admin/invites/{id}")).await.ok();
            }
            _ => answer.is_invalid(&format!("Invalid value for field 'metadata': {message}")),
        }
    }
}
