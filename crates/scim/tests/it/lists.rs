//! Lists of users: filters, orders, pages, attributes.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{Directory, Site};

on_both_engines!(
    filters_find_users,
    pages_by_index_and_by_cursor_have_every_user_once,
    attributes_are_chosen,
    what_cannot_be_listed_is_refused
);

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn names(directory: &Directory, filter: &str) -> Vec<String> {
    let found = directory.get(&format!("/Users?sortBy=userName&filter={}", encoded(filter))).await.is(200);
    let searched = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter, "sortBy": "userName" });
    assert_eq!(directory.post("/Users/.search", searched).await.is(200), found, "a search finds the same");
    let all = found["Resources"].as_array().unwrap().iter();
    let names: Vec<String> = all.map(|user| user["userName"].as_str().unwrap().replace("@example.com", "")).collect();
    assert_eq!(found["totalResults"], names.len());
    names
}

async fn filters_find_users(site: Site) {
    let directory = site.directory(&[]).await;
    for (email, external, display, given, phone, active) in [
        ("ada@example.com", "e1", "Ada L.", "Ada", "11111", true),
        ("bob@example.com", "e2", "50% Bob", "Bob", "", true),
        ("cyd_x@example.com", "", "", "", "33333", false),
    ] {
        let mut user = json!({ "userName": email, "active": active });
        for (name, text) in [("externalId", external), ("displayName", display)] {
            if !text.is_empty() {
                user[name] = json!(text);
            }
        }
        if !given.is_empty() {
            user["name"] = json!({ "givenName": given });
        }
        if !phone.is_empty() {
            user["phoneNumbers"] = json!([{ "value": phone }]);
        }
        directory.post("/Users", user).await.is(201);
    }
    for (filter, found) in [
        ("userName eq \"ADA@example.com\"", "ada"),
        ("USERNAME Eq \"ada@example.com\"", "ada"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ada@example.com\"", "ada"),
        ("emails.value eq \"ada@example.com\"", "ada"),
        ("emails eq \"ada@example.com\"", "ada"),
        ("emails[type eq \"work\" and value eq \"ada@example.com\"]", "ada"),
        ("emails[type eq \"home\" and value eq \"ada@example.com\"]", ""),
        ("userName ne \"ada@example.com\"", "bob cyd_x"),
        ("userName sw \"B\"", "bob"),
        ("userName co \"d_x\"", "cyd_x"),
        ("userName ew \"EXAMPLE.com\"", "ada bob cyd_x"),
        ("externalId eq \"e2\"", "bob"),
        ("externalId pr", "ada bob"),
        ("not (externalId pr)", "cyd_x"),
        ("externalId eq null", "cyd_x"),
        ("displayName co \"0%\"", "bob"),
        ("displayName co \"_\"", ""),
        ("name.givenName eq \"Ada\" or name.givenName eq \"Bob\"", "ada bob"),
        ("active eq true", "ada bob"),
        ("active eq \"False\"", "cyd_x"),
        ("active ne false and (externalId eq \"e1\" or phoneNumbers.value eq \"33333\")", "ada"),
        ("phoneNumbers[value eq \"33333\"]", "cyd_x"),
        ("meta.created gt \"2020-01-01T00:00:00Z\"", "ada bob cyd_x"),
        ("meta.lastModified lt \"2020-01-01T00:00:00Z\"", ""),
        ("userName eq \"' OR 1=1 --\"", ""),
    ] {
        assert_eq!(names(&directory, filter).await.join(" "), found, "{filter}");
    }
}

async fn pages_by_index_and_by_cursor_have_every_user_once(site: Site) {
    let directory = site.directory(&[]).await;
    let mut expected = Vec::new();
    for number in 0..23 {
        let email = format!("user{number:02}@example.com");
        directory.user(&email).await;
        expected.push(email);
    }
    let on = |page: &Json| -> Vec<String> {
        let all = page["Resources"].as_array().unwrap().iter();
        all.map(|user| user["userName"].as_str().unwrap().to_owned()).collect()
    };
    for order in ["", "&sortBy=userName", "&sortBy=displayName", "&sortBy=meta.created"] {
        let mut found = Vec::new();
        for start in (1..=23).step_by(5) {
            let page = directory.get(&format!("/Users?count=5&startIndex={start}{order}")).await.is(200);
            assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(23), &json!(start)));
            found.extend(on(&page));
        }
        assert_eq!(found, expected, "{order}");
        let (mut found, mut cursor, mut back) = (Vec::new(), String::new(), None);
        loop {
            let page = directory.get(&format!("/Users?count=5&cursor={cursor}{order}")).await.is(200);
            assert_eq!(page["totalResults"], 23);
            assert!(page["startIndex"].is_null());
            found.extend(on(&page));
            if let Some(previous) = page["previousCursor"].as_str() {
                back = Some((previous.to_owned(), found.len() - on(&page).len()));
            }
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, expected, "{order}");
        let (previous, end) = back.unwrap();
        let page = directory.get(&format!("/Users?count=5&cursor={previous}{order}")).await.is(200);
        assert_eq!(on(&page), expected[end - 5..end], "the page before the last");
    }
    let descending = directory.get("/Users?sortOrder=descending&count=2").await.is(200);
    assert_eq!(on(&descending), ["user22@example.com", "user21@example.com"]);
    for (query, number) in [
        ("count=0", 0),
        ("count=-5", 0),
        ("count=99999999999999999999", 23),
        ("startIndex=-3", 23),
        ("startIndex=24", 0),
    ] {
        let page = directory.get(&format!("/Users?{query}")).await.is(200);
        assert_eq!((on(&page).len(), &page["totalResults"]), (number, &json!(23)), "{query}");
    }
}

async fn attributes_are_chosen(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = directory.user("ada@example.com").await;
    let only = directory.get(&format!("{ada}?attributes=USERNAME,meta.version")).await.is(200);
    let keys: Vec<&String> = only.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "meta", "schemas", "userName"]);
    assert_eq!(only["meta"].as_object().unwrap().len(), 1);
    let without = directory.get("/Users?excludedAttributes=emails,meta,id").await.is(200);
    assert!(without["Resources"][0]["emails"].is_null() && without["Resources"][0]["id"].is_string());
    let created = json!({ "userName": "bob@example.com" });
    let created = directory.post("/Users?attributes=active", created).await.is(201);
    assert_eq!((&created["active"], &created["userName"]), (&json!(true), &json!(null)));
    directory.get("/Users?attributes=id&excludedAttributes=meta").await.refused(400, "invalidValue");
}

/// security.md 29
async fn what_cannot_be_listed_is_refused(site: Site) {
    let directory = site.directory(&[]).await;
    directory.user("ada@example.com").await;
    let deep = format!("{}active eq true{}", "(".repeat(2_000), ")".repeat(2_000));
    for filter in [
        "userName",
        "userName eq",
        "nosuch eq 1",
        "locked_with eq \"x\"",
        "userName eq 1",
        "active gt true",
        "password sw \"a\"",
        deep.as_str(),
    ] {
        directory.get(&format!("/Users?filter={}", encoded(filter))).await.refused(400, "invalidFilter");
    }
    for (query, kind) in [
        ("cursor=rubbish", "invalidCursor"),
        ("cursor=nrubbish", "invalidCursor"),
        ("cursor=&startIndex=1", "invalidValue"),
        ("count=many", "invalidValue"),
        ("sortBy=nosuch", "invalidFilter"),
        ("sortBy=active", "invalidPath"),
        ("sortOrder=sideways", "invalidValue"),
        ("filter=userName+eq+%22%00%22", "invalidValue"),
    ] {
        directory.get(&format!("/Users?{query}")).await.refused(400, kind);
    }
}
