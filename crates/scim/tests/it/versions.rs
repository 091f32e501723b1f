//! Versions: of two who change the same, the second gets 412, and reads it again.

use std::time::Duration;

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Site, id};

on_both_engines!(users_have_versions, groups_have_versions);

async fn users_have_versions(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = directory.user("ada@example.com").await;
    let read = directory.get(&ada).await;
    let version = read.header("etag").to_owned();
    assert_eq!(read.is(200)["meta"]["version"], version);
    let same = directory.send("GET", &ada, &[("if-none-match", &version)], None).await;
    assert_eq!((same.status.as_u16(), same.header("etag"), same.body.is_null()), (304, version.as_str(), true));
    directory.send("GET", &ada, &[("if-none-match", "W/\"0\"")], None).await.is(200);

    site.clock.advance(Duration::from_secs(1));
    let change = json!({ "userName": "ada@example.com", "displayName": "A" }).to_string();
    let changed = directory.send("PUT", &ada, &[("if-match", &version)], Some(change.clone())).await;
    let newer = changed.header("etag").to_owned();
    changed.is(200);
    assert_ne!(newer, version);
    for (method, body) in [("PUT", Some(change)), ("PATCH", Some("{}".to_owned())), ("DELETE", None)] {
        directory.send(method, &ada, &[("if-match", &version)], body).await.refused(412, "");
    }
    let both = format!("{version}, {newer}");
    directory.send("PATCH", &ada, &[("if-match", &both)], Some("{}".to_owned())).await.is(200);
    directory.send("PATCH", &ada, &[("if-match", "*")], Some("{}".to_owned())).await.is(200);
    directory.send("DELETE", &ada, &[("if-match", &newer)], None).await.is(204);
}

async fn groups_have_versions(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = directory.user("ada@example.com").await;
    let created = directory.post("/Groups", json!({ "displayName": "Engines" })).await;
    let version = created.header("etag").to_owned();
    let group = format!("/Groups/{}", created.is(201)["id"].as_str().unwrap());
    assert_eq!(directory.send("GET", &group, &[("if-none-match", &version)], None).await.status.as_u16(), 304);
    // Another member is another version.
    directory
        .patch(&group, json!([{ "op": "add", "path": "members", "value": [{ "value": id(&ada) }] }]))
        .await
        .is(200);
    directory.send("GET", &group, &[("if-none-match", &version)], None).await.is(200);
    for method in ["PATCH", "DELETE"] {
        let body = (method == "PATCH").then(|| "{}".to_owned());
        directory.send(method, &group, &[("if-match", &version)], body).await.refused(412, "");
    }
}
