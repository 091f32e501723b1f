//! Mails and webhooks arrive, whatever breaks on the way.
//!
//! - `smtp`: a real mail server, and one that is unavailable, refuses, is silent, or is another
//! - `killed`: kill -9 between commit, delivery and its record
//! - `processes`: several processes that deliver from one database

mod killed;
mod mail_server;
mod processes;
mod receiver;
mod smtp;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::{Client, until};

/// Creates an invite, and returns its id.
async fn invite(admin: &mut Client, email: &str) -> String {
    let invite = admin.post("/admin/invites", json!({ "email": email })).await.ok();
    invite["invite"]["id"].as_str().unwrap().to_owned()
}

/// Waits until one of the deliveries of `query` is as wanted.
async fn until_delivery(admin: &mut Client, query: &str, is_wanted: impl Fn(&Json) -> bool) -> Json {
    let path = format!("/admin/deliveries?{query}");
    until(&path, async || {
        let found = admin.get(&path).await.ok();
        found["deliveries"].as_array().unwrap().iter().find(|delivery| is_wanted(delivery)).cloned()
    })
    .await
}

/// Waits until a mail of `query` waits for its next attempt, and returns the reason.
async fn until_queued(admin: &mut Client, query: &str) -> (String, Json) {
    let is_queued = |delivery: &Json| delivery["state"] == "queued" && delivery["reason"].is_string();
    let delivery = until_delivery(admin, query, is_queued).await;
    (delivery["reason"].as_str().unwrap().to_owned(), delivery)
}

/// Returns the ids of the mails in a folder; none without a folder.
fn mails(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeSet::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".eml").map(str::to_owned)).collect()
}
