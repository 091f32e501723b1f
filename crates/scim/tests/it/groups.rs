//! Groups: roles, and who has them.

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{Site, id};

on_both_engines!(
    a_group_is_created_changed_and_removed,
    names_are_unique_and_members_exist,
    groups_are_searched_and_sorted
);

async fn a_group_is_created_changed_and_removed(site: Site) {
    let directory = site.directory(&[]).await;
    let [ada, bob, cyd] = [
        directory.user("ada@example.com").await,
        directory.user("bob@example.com").await,
        directory.user("cyd@example.com").await,
    ];
    let value = |path: &str| json!({ "value": id(path) });
    let created = directory
        .post(
            "/Groups",
            json!({ "displayName": "Engines", "externalId": "g-1", "members": [value(&ada), value(&bob)] }),
        )
        .await;
    let location = created.header("location").to_owned();
    let created = created.is(201);
    let group = format!("/Groups/{}", created["id"].as_str().unwrap());
    assert_eq!(location, format!("https://people.example.com/scim/v2{group}"));
    assert_eq!((&created["displayName"], &created["externalId"]), (&json!("Engines"), &json!("g-1")));
    let member = |path: &str| json!({ "value": id(path), "$ref": format!("https://people.example.com/scim/v2{path}"), "type": "User" });
    assert_eq!(created["members"], json!([member(&ada), member(&bob)]));
    let of_ada = directory.get(&ada).await.is(200);
    assert_eq!(
        of_ada["groups"],
        json!([{ "value": id(&group), "$ref": location, "display": "Engines", "type": "direct" }])
    );
    assert_eq!(site.audited("role.created").await.len(), 1);
    assert_eq!(site.audited("user.roles_assigned").await.len(), 2);

    let replaced =
        directory.put(&group, json!({ "displayName": "Poetry", "members": [value(&bob), value(&cyd)] })).await.is(200);
    assert_eq!(replaced["members"], json!([member(&bob), member(&cyd)]));
    assert_eq!((&replaced["displayName"], &replaced["externalId"]), (&json!("Poetry"), &json!(null)));
    assert_eq!(site.audited("user.roles_removed").await, [("scim_key".to_owned(), id(&ada).to_owned())]);
    let all = json!([{ "op": "replace", "path": "members", "value": [value(&ada)] }]);
    assert_eq!(directory.patch(&group, all).await.is(200)["members"], json!([member(&ada)]));
    let none = json!([{ "op": "remove", "path": "members" }]);
    assert_eq!(directory.patch(&group, none).await.is(200)["members"], json!(null));
    directory.delete(&group).await.is(204);
    directory.get(&group).await.refused(404, "");
    assert_eq!(site.audited("role.deleted").await, [("scim_key".to_owned(), id(&group).to_owned())]);
}

async fn names_are_unique_and_members_exist(site: Site) {
    let directory = site.directory(&[]).await;
    let group = directory.post("/Groups", json!({ "displayName": "Engines" })).await.is(201);
    let path = format!("/Groups/{}", group["id"].as_str().unwrap());
    directory.post("/Groups", json!({ "displayName": "Engines" })).await.refused(409, "uniqueness");
    let unknown = json!([{ "value": "user_01ARZ3NDEKTSV4RRFFQ69G5FAV" }]);
    directory.patch(&path, json!([{ "op": "add", "path": "members", "value": unknown }])).await.refused(404, "");
    for (body, kind) in [
        (json!({}), "invalidValue"),
        (json!({ "displayName": "" }), "mutability"),
        (json!({ "displayName": "X", "members": "all" }), "invalidValue"),
        (json!({ "displayName": "X", "members": [{ "value": "nosuch" }] }), "invalidValue"),
        (json!({ "displayName": "X", "members": [{ "value": "role_x", "type": "Group" }] }), "invalidValue"),
        (json!({ "displayName": "X", "policies": ["*:*"] }), "invalidPath"),
    ] {
        directory.post("/Groups", body).await.refused(400, kind);
    }
}

async fn groups_are_searched_and_sorted(site: Site) {
    let directory = site.directory(&[]).await;
    for name in ["Beta", "alpha", "Gamma"] {
        directory.post("/Groups", json!({ "displayName": name })).await.is(201);
    }
    let names = async |query: &str| -> Vec<String> {
        let found = directory.get(&format!("/Groups?{query}")).await.is(200);
        let all = found["Resources"].as_array().unwrap().iter();
        all.map(|group| group["displayName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("sortBy=displayName").await, ["alpha", "Beta", "Gamma"]);
    assert_eq!(names("sortBy=displayName&sortOrder=descending&startIndex=2&count=1").await, ["Beta"]);
    assert_eq!(names("filter=displayName+sw+%22g%22").await, ["Gamma"]);
    assert_eq!(names("filter=not+(displayName+co+%22a%22)").await, Vec::<String>::new());
    let page = directory.get("/Groups?cursor&count=2&sortBy=displayName").await.is(200);
    assert_eq!(page["totalResults"], 3);
    let next = page["nextCursor"].as_str().unwrap();
    let rest = directory.get(&format!("/Groups?cursor={next}&count=2&sortBy=displayName")).await.is(200);
    assert_eq!(rest["Resources"][0]["displayName"], "Gamma");
    assert!(rest["nextCursor"].is_null() && rest["previousCursor"].is_string());
    directory.get("/Groups?filter=policies+eq+%22x%22").await.refused(400, "invalidFilter");
    directory.get("/Groups?cursor=rubbish").await.refused(400, "invalidCursor");
}
