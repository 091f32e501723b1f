//! What Entra and Okta send, as they send it.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Site, id};

on_both_engines!(entra, okta);

async fn entra(site: Site) {
    let role = site.role("Readers", &["user:read"]).await;
    let directory = site.directory(std::slice::from_ref(&role)).await;
    // The test of the connection: a user who does not exist.
    let probe = directory.get("/Users?filter=userName%20eq%20%22d7a9b6c0-1f2e@probe.example%22").await.is(200);
    assert_eq!((&probe["totalResults"], &probe["Resources"]), (&json!(0), &json!([])));
    let created = directory
        .post(
            "/Users",
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
                "externalId": "0a21f0f2", "userName": "ada@example.com", "active": true, "displayName": "Ada", "title": "Dr",
                "emails": [{ "primary": true, "type": "work", "value": "ada@example.com" }], "meta": { "resourceType": "User" },
                "name": { "formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada" }, "roles": [],
                "addresses": [{ "type": "work", "country": "GB" }], "preferredLanguage": "en-GB",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Engines", "manager": { "value": "x" } },
            }),
        )
        .await
        .is(201);
    let path = format!("/Users/{}", created["id"].as_str().unwrap());
    let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
    let found = directory.get(&format!("/Users?filter={schema}:externalId+eq+%220a21f0f2%22")).await.is(200);
    assert_eq!(found["Resources"][0]["id"], created["id"]);

    // Capitals, and booleans as text.
    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    assert_eq!(directory.patch(&path, off.clone()).await.is(200)["active"], false);
    assert_eq!(directory.patch(&path, off).await.is(200)["active"], false, "a change that is none");
    let on = json!([{ "op": "Add", "path": "active", "value": "True" }]);
    assert_eq!(directory.patch(&path, on).await.is(200)["active"], true, "reactivation");
    let many = json!([
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@example.com" },
        { "op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "+44 20 7946 0000" },
        { "op": "Replace", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+44 7700 900000" },
        { "op": "Replace", "value": { "displayName": "Ada L.", "name.givenName": "Augusta",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Poetry" } },
        { "op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "x" },
    ]);
    let changed = directory.patch(&path, many).await.is(200);
    assert_eq!((&changed["displayName"], &changed["name"]["givenName"]), (&json!("Ada L."), &json!("Augusta")));
    assert_eq!(changed["phoneNumbers"], json!([{ "value": "+44 20 7946 0000" }]));
    // Without operations.
    let nothing = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] }).to_string();
    directory.send("PATCH", &path, &[], Some(nothing)).await.is(200);
    directory.patch(&path, json!([])).await.is(200);

    // Groups: found by name without members, changed by members in the value.
    let query = "/Groups?excludedAttributes=members&filter=displayName+eq+%22Readers%22";
    let groups = directory.get(query).await.is(200);
    assert_eq!(
        (&groups["Resources"][0]["id"], &groups["Resources"][0]["members"]),
        (&json!(role.as_str()), &json!(null))
    );
    let group = format!("/Groups/{role}");
    let user = id(&path);
    let add = json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": user }] }]);
    assert_eq!(directory.patch(&group, add).await.is(200)["members"][0]["value"], user);
    let member = format!("/Groups?filter=id+eq+%22{role}%22+and+members+eq+%22{user}%22");
    assert_eq!(directory.get(&member).await.is(200)["totalResults"], 1);
    let remove = json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": user }] }]);
    assert_eq!(directory.patch(&group, remove).await.is(200)["members"], json!(null));
    assert_eq!(directory.get(&member).await.is(200)["totalResults"], 0);
}

async fn okta(site: Site) {
    let role = site.role("Readers", &["user:read"]).await;
    let directory = site.directory(std::slice::from_ref(&role)).await;
    let none =
        directory.get("/Users?filter=userName%20eq%20%22ada%40example.com%22&startIndex=1&count=100").await.is(200);
    assert_eq!((&none["totalResults"], &none["startIndex"], &none["itemsPerPage"]), (&json!(0), &json!(1), &json!(0)));
    let created = directory
        .send(
            "POST",
            "/Users",
            &[("content-type", "application/scim+json; charset=utf-8")],
            Some(
                json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@example.com",
                    "name": { "givenName": "Ada", "familyName": "Lovelace" },
                    "emails": [{ "primary": true, "value": "ada@example.com", "type": "work" }], "displayName": "Ada Lovelace",
                    "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "active": true,
                })
                .to_string(),
            ),
        )
        .await
        .is(201);
    let path = format!("/Users/{}", created["id"].as_str().unwrap());
    // Deactivation: an object without a path.
    let off = json!([{ "op": "replace", "value": { "active": false } }]);
    assert_eq!(directory.patch(&path, off).await.is(200)["active"], false);
    // Reactivation and updates: the whole resource, as it was read.
    let mut whole = directory.get(&path).await.is(200);
    whole["active"] = json!(true);
    whole["name"]["givenName"] = json!("Augusta");
    let replaced = directory.put(&path, whole).await.is(200);
    assert_eq!((&replaced["active"], &replaced["name"]["givenName"]), (&json!(true), &json!("Augusta")));
    let group = format!("/Groups/{role}");
    let user = id(&path);
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": user, "display": "ada@example.com" }] }]);
    assert_eq!(directory.patch(&group, add).await.is(200)["members"][0]["value"], user);
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{user}\"]") }]);
    assert_eq!(directory.patch(&group, remove).await.is(200)["members"], json!(null));
    let rename = json!([{ "op": "replace", "value": { "id": role.as_str(), "displayName": "All readers" } }]);
    assert_eq!(directory.patch(&group, rename).await.is(200)["displayName"], "All readers");
    directory.get("/Users?startIndex=1&count=1&sortBy=userName&sortOrder=ascending").await.is(200);
}
