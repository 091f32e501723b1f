//! `GET /auth/{actor_type}/providers`

use std::sync::Arc;

use serde_json::json;
use vestibule_testing::{TestDatabase, on_both_engines};

use super::Elsewhere;
use crate::support::TestApp;

on_both_engines!(sign_in_methods_are_listed, an_added_provider_is_listed);

/// notes E1
async fn sign_in_methods_are_listed(app: TestApp) {
    let emailpass = json!({
        "id": "emailpass", "identifier": "emailpass", "display_name": "Email/Password Authentication", "flow": "credentials",
    });
    for actor_type in ["user", "customer", "nosuch", "USER", "api-key", "a_b.c-9", &"x".repeat(64)] {
        let listed = app.anonymous().get(&format!("/auth/{actor_type}/providers?nosuch=1")).await;
        listed.is(200, &json!({ "providers": [emailpass] }));
    }
    // An actor type is written to tokens and rows; the reference takes any text.
    for actor_type in ["%00", "a%20b", "%C3%A9", "a%2Fb", "a:b", &"x".repeat(65)] {
        let refused = app.anonymous().get(&format!("/auth/{actor_type}/providers")).await;
        let message = "An actor type is a name of letters, digits, '-', '_' and '.'";
        refused.is_error(400, "invalid_data", message);
    }
    let refused = app.anonymous().get("/auth/%ff/providers").await;
    refused.is_error(400, "invalid_data", "The path is not valid UTF-8");
}

async fn an_added_provider_is_listed(place: Arc<TestDatabase>) {
    let app = TestApp::on(&place).open_with_provider(Elsewhere).await;
    let listed = app.anonymous().get("/auth/user/providers").await.ok();
    let added =
        json!({ "id": "elsewhere", "identifier": "elsewhere", "display_name": "Elsewhere", "flow": "redirect" });
    assert_eq!(
        (listed["providers"].as_array().unwrap().len(), &listed["providers"][0]),
        (2, &added),
        "the last one first"
    );
}
