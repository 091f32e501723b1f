//! Concurrent updates of one user.

use serde_json::json;
use vestibule_testing::on_both_engines;

use super::{MANY, at_once};
use crate::support::TestApp;

on_both_engines!(4 threads: concurrent_changes_of_metadata_are_all_kept, fields_of_one_update_stay_together);

async fn concurrent_changes_of_metadata_are_all_kept(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/admin/users/{}", ada.id);
    let asks = (0..MANY).map(|number| admin.post(&path, json!({ "metadata": { format!("k{number}"): number } })));
    for answer in at_once(asks.collect()).await {
        answer.ok();
    }
    let metadata = admin.get(&path).await.ok()["user"]["metadata"].clone();
    assert_eq!(metadata.as_object().unwrap().len(), MANY);
    // Keys are removed concurrently, too, each request only its own.
    let asks = (0..MANY).filter(|number| number % 2 == 0);
    let asks = asks.map(|number| admin.post(&path, json!({ "metadata": { format!("k{number}"): "" } })));
    at_once(asks.collect()).await;
    let metadata = admin.get(&path).await.ok()["user"]["metadata"].clone();
    assert!((0..MANY).all(|number| metadata.get(format!("k{number}")).is_some() == (number % 2 == 1)), "{metadata}");
}

async fn fields_of_one_update_stay_together(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let path = format!("/admin/users/{}", ada.id);
    let asks = (0..MANY).map(|number| {
        let name = format!("N{number}");
        admin.post(&path, json!({ "first_name": name, "last_name": name, "metadata": { "name": name } }))
    });
    for answer in at_once(asks.collect()).await {
        let user = answer.ok()["user"].clone();
        assert_eq!((&user["first_name"], &user["metadata"]["name"]), (&user["last_name"], &user["last_name"]));
    }
    let user = admin.get(&path).await.ok()["user"].clone();
    assert_eq!((&user["first_name"], &user["metadata"]["name"]), (&user["last_name"], &user["last_name"]));
}
