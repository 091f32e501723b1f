//! `GET /admin/users`
//!
//! The users are those of the notes on the reference, group A, so that the responses can be read side by side.

mod fields;
mod filters;
mod forms;
mod order;
mod page;
mod search;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use vestibule_database::Migrations;
use vestibule_testing::{SetUp, TestDatabase};

use crate::support::{TestApp, User};

/// Five users, created one second apart, of whom zed was updated a minute later.
struct People {
    app: TestApp,
    admin: User,
    zed: String,
    bob: String,
}

impl SetUp for People {
    const TABLES: &[Migrations] = TestApp::TABLES;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let app = TestApp::set_up(place).await;
        let admin = app.admin().await;
        let mut ids = Vec::new();
        for (email, first_name, last_name) in [
            ("zed@x.test", "Ann", Some("Moore")),
            ("bob_1@x.test", "Bob", Some("Àlvarez")),
            ("Carl%x@x.test", "Carl", Some("Moore")),
            ("anna@x.test", "Zoë", None),
        ] {
            app.clock.advance(Duration::from_secs(1));
            let body = serde_json::json!({ "email": email, "first_name": first_name, "last_name": last_name });
            let created = admin.post("/admin/users", body).await.ok();
            ids.push(created["user"]["id"].as_str().unwrap().to_owned());
        }
        app.clock.advance(Duration::from_secs(60));
        let change = serde_json::json!({ "metadata": { "touched": 1 } });
        admin.post(&format!("/admin/users/{}", ids[0]), change).await.ok();
        Self { app, admin, zed: ids[0].clone(), bob: ids[1].clone() }
    }
}

impl People {
    async fn list(&self, query: &str) -> Json {
        self.admin.get(&format!("/admin/users?{query}")).await.ok()
    }

    /// The listed users, by the local part of their addresses.
    async fn names(&self, query: &str) -> String {
        let listed = self.list(query).await;
        let names = listed["users"].as_array().unwrap().iter().map(|user| {
            let email = user["email"].as_str().unwrap();
            email.split(['@', '_', '%']).next().unwrap().to_lowercase()
        });
        names.collect::<Vec<_>>().join(" ")
    }

    async fn is_invalid(&self, query: &str, reasons: &str) {
        self.admin.get(&format!("/admin/users?{query}")).await.is_invalid(reasons);
    }
}
