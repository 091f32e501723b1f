//! `/admin/audit`

mod actions;
mod export;
mod list;

use serde_json::Value as Json;

use crate::support::{TestApp, User};

/// All entries except the first `seen`, oldest first.
async fn entries(admin: &User, seen: usize) -> Vec<Json> {
    let answer = admin.get(&format!("/admin/audit?order=id&limit=1000&offset={seen}")).await.ok();
    answer["audit_entries"].as_array().unwrap().clone()
}

/// An entry in short form, `user.locked user>user`: the action and the kinds of actor and target.
fn short(entry: &Json) -> String {
    let text = |name: &str| entry[name].as_str().unwrap().to_owned();
    format!("{} {}>{}", text("action"), text("actor_type"), text("target_type"))
}

/// `admin@example.com`, with a client address and a browser.
async fn auditor(app: &TestApp) -> User {
    app.admin().await.by_browser("192.0.2.1")
}
