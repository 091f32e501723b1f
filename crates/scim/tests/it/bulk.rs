//! Many operations in one request.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::Site;

on_both_engines!(operations_run_one_after_the_other, a_bulk_request_is_bounded);

async fn operations_run_one_after_the_other(site: Site) {
    let directory = site.directory(&[]).await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            { "method": "POST", "path": "/Users", "bulkId": "ada", "data": { "userName": "ada@example.com" } },
            { "method": "POST", "path": "/Groups", "bulkId": "group",
              "data": { "displayName": "Engines", "members": [{ "value": "bulkId:ada" }] } },
            { "method": "PATCH", "path": "/Users/bulkId:ada",
              "data": { "Operations": [{ "op": "replace", "path": "displayName", "value": "Ada" }] } },
            { "method": "POST", "path": "/Users", "bulkId": "twin", "data": { "userName": "ADA@example.com" } },
            { "method": "DELETE", "path": "/Users/bulkId:nosuch" },
            { "method": "DELETE", "path": "/Users/bulkId:ada", "version": "W/\"0\"" },
        ],
    });
    let done = directory.post("/Bulk", body).await.is(200);
    assert_eq!(done["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:BulkResponse");
    let all = done["Operations"].as_array().unwrap();
    let statuses: Vec<&str> = all.iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["201", "201", "200", "409", "409", "412"], "{done:#}");
    assert_eq!(all[3]["response"]["scimType"], "uniqueness");
    let location = all[0]["location"].as_str().unwrap().to_owned();
    let user = location.rsplit('/').next().unwrap();
    let group = all[1]["location"].as_str().unwrap().rsplit('/').next().unwrap();
    let group = directory.get(&format!("/Groups/{group}")).await.is(200);
    assert_eq!(group["members"][0]["value"], user);
    assert_eq!(directory.get(&format!("/Users/{user}")).await.is(200)["displayName"], "Ada");
}

async fn a_bulk_request_is_bounded(site: Site) {
    let directory = site.directory(&[]).await;
    let post = |number: usize| json!({ "method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": { "userName": "no address" } });
    let many: Vec<_> = (0..101).map(post).collect();
    directory.post("/Bulk", json!({ "Operations": many })).await.refused(413, "");
    let stopped = directory.post("/Bulk", json!({ "failOnErrors": 2, "Operations": many[..10] })).await.is(200);
    assert_eq!(stopped["Operations"].as_array().unwrap().len(), 2);
    for (operation, kind) in [
        (json!({ "method": "GET", "path": "/Users" }), "invalidSyntax"),
        (json!({ "method": "POST", "path": "/Users", "data": {} }), "invalidSyntax"),
        (json!({ "method": "POST", "path": "/Bulk", "bulkId": "1", "data": {} }), "invalidPath"),
        (json!({ "method": "POST", "path": "/Users/.search", "bulkId": "1", "data": {} }), "invalidPath"),
        (json!(1), "invalidSyntax"),
    ] {
        let done = directory.post("/Bulk", json!({ "Operations": [operation] })).await.is(200);
        assert_eq!(done["Operations"][0]["response"]["scimType"], kind, "{done:#}");
    }
    directory.post("/Bulk", json!({})).await.refused(400, "invalidSyntax");
}
