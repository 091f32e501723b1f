//! What is announced.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(what_is_supported_is_announced);

async fn what_is_supported_is_announced(site: Site) {
    let directory = site.directory(&[]).await;
    let config = directory.get("/ServiceProviderConfig").await.is(200);
    for (feature, is_supported) in
        [("patch", true), ("bulk", true), ("filter", true), ("sort", true), ("etag", true), ("changePassword", false)]
    {
        assert_eq!(config[feature]["supported"], is_supported, "{feature}");
    }
    assert_eq!((&config["pagination"]["cursor"], &config["filter"]["maxResults"]), (&json!(true), &json!(1_000)));
    let types = directory.get("/ResourceTypes").await.is(200);
    assert_eq!(types["totalResults"], 2);
    assert_eq!(directory.get("/ResourceTypes/Group").await.is(200), types["Resources"][1]);
    let schemas = directory.get("/Schemas").await.is(200);
    for schema in schemas["Resources"].as_array().unwrap() {
        assert_eq!(directory.get(&format!("/Schemas/{}", schema["id"].as_str().unwrap())).await.is(200), *schema);
    }
    for unknown in ["/ResourceTypes/Nosuch", "/Schemas/urn:nosuch"] {
        directory.get(unknown).await.refused(404, "");
    }
    directory.post("/.search", json!({})).await.refused(501, "");
    directory.get("/Me").await.refused(501, "");
    directory.delete("/Users").await.refused(405, "");
    directory.post("/Schemas", json!({})).await.refused(405, "");
}
