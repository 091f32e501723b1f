//! `last_seen_at`: when a user last used the service. It outlasts sessions, locks and the clock.

use std::time::Duration;

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp};

on_both_engines!(
    it_is_written_once_a_minute_and_outlasts_sessions_and_locks,
    it_is_never_in_the_future,
    users_are_sorted_and_filtered_by_it,
);

const MINUTE: Duration = Duration::from_secs(60);

async fn it_is_written_once_a_minute_and_outlasts_sessions_and_locks(app: TestApp) {
    app.create_user("ada@example.com", PASSWORD).await;
    let admin = app.admin().await;
    let listed = async || -> Json {
        let found = app.user("admin@example.com").await.get("/admin/users?email=ada@example.com").await.ok();
        found["users"][0].clone()
    };
    assert_eq!(listed().await["last_seen_at"], json!(null), "created, and not seen yet");
    let ada = app.user("ada@example.com").await;
    let signed_in = app.clock_text();
    assert_eq!(listed().await["last_seen_at"], json!(signed_in), "by signing in");
    app.clock.advance(MINUTE / 2);
    ada.get("/admin/users/me").await.ok();
    assert_eq!(listed().await["last_seen_at"], json!(signed_in), "to the minute");
    app.clock.advance(MINUTE);
    ada.get("/admin/users/me").await.ok();
    let seen = app.clock_text();
    assert_eq!(listed().await["last_seen_at"], json!(seen));
    let updated = listed().await["updated_at"].clone();
    assert_ne!(updated, json!(seen), "it is no change of the user");

    let path = format!("/admin/users/{}", ada.id);
    admin.delete(&format!("{path}/sessions")).await.ok();
    app.clock.advance(2 * MINUTE);
    admin.post_nothing(&format!("{path}/lock")).await.ok();
    assert_eq!(listed().await["last_seen_at"], json!(seen), "the user is locked and has no session");
    app.clock.advance(Duration::from_secs(40 * 24 * 3600));
    app.flows.auth().delete_expired().await.unwrap();
    assert_eq!(listed().await["last_seen_at"], json!(seen), "every session of then is gone");
    let export = app.user("admin@example.com").await.get("/admin/users/export?format=jsonl").await;
    let row = export.text().lines().find(|line| line.contains("ada@example.com")).unwrap();
    assert_eq!(serde_json::from_str::<Json>(row).unwrap()["last_seen_at"], json!(seen));
}

/// The clock may be set back: the next use replaces the later time, and lists show none that is yet to come.
async fn it_is_never_in_the_future(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let mut transaction = app.flows.database().begin().await.unwrap();
    let later = app.flows.environment().now() + 60 * MINUTE;
    transaction.execute("UPDATE users SET last_seen_at = $1", &[later.into()]).await.unwrap();
    transaction.commit().await.unwrap();
    let find = vestibule_core::FindConfig::default();
    let page = app.flows.list_page_of_user_summaries(&Default::default(), &find).await.unwrap();
    assert_eq!(page.rows[0].last_seen_at, Some(app.flows.environment().now()));
    ada.get("/admin/users/me").await.ok();
    assert_eq!(ada.get("/admin/users/me").await.ok()["user"]["last_seen_at"], json!(app.clock_text()));
}

async fn users_are_sorted_and_filtered_by_it(app: TestApp) {
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        app.create_user(email, PASSWORD).await;
        app.clock.advance(MINUTE);
    }
    // `a` is seen, then the administrator; the others sort by their creation.
    app.user("a@example.com").await;
    let since = app.clock_text();
    app.clock.advance(MINUTE);
    let admin = app.admin().await;
    let emails = async |query: &str| -> Vec<String> {
        let found = admin.get(&format!("/admin/users?{query}")).await.ok();
        found["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
    };
    let order = ["admin@example.com", "a@example.com", "c@example.com", "b@example.com"];
    assert_eq!(emails("order=-last_seen_at").await, order);
    let mut reversed = order;
    reversed.reverse();
    assert_eq!(emails("order=last_seen_at").await, reversed);
    assert_eq!(emails(&format!("order=-last_seen_at&last_seen_at[$gt]={since}")).await, ["admin@example.com"]);
    assert_eq!(emails("order=email&last_seen_at=null").await, ["b@example.com", "c@example.com"]);
}
