//! `/admin/audit`

mod actions;
mod export;
mod list;

use serde_json::Value as Json;

use crate::support::{TestApp, User};

/// All entries, the oldest first, less those of the first `seen`.
async fn entries(admin: &User, seen: usize) -> Vec<Json> {
    let answer = admin.get(&format!("/admin/audit?order=id&limit=1000&offset={seen}")).await.ok();
    answer["audit_entries"].as_array().unwrap().clone()
}

/// An entry in short: `user.locked user>user`, by kinds.
fn short(entry: &Json) -> String {
    let text = |name: &str| entry[name].as_str().unwrap().to_owned();
    format!("{} {}>{}", text("action"), text("actor_type"), text("target_type"))
}

/// `admin@example.com`, who asks from an address, by a browser.
async fn auditor(app: &TestApp) -> User {
    app.admin().await.by_browser("192.0.2.1")
}
