//! Users: their whole life in a directory.

use serde_json::json;
use vestibule_core::DomainError;
use vestibule_flows::{Client, Credential, SignIn};
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, Site, id};

on_both_engines!(
    a_user_is_created_changed_and_removed,
    a_user_who_is_not_active_is_locked_and_their_sessions_end,
    addresses_are_unique_whatever_their_spelling,
    what_cannot_be_stored_is_refused,
    an_address_changes_with_user_name
);

async fn a_user_is_created_changed_and_removed(site: Site) {
    let directory = site.directory(&[]).await;
    let created = directory
        .post(
            "/Users",
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Ada@example.com", "externalId": "701984",
                "name": { "givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace" },
                "displayName": "Ada L.", "phoneNumbers": [{ "value": "+44 20 7946 0000", "type": "work" }], "active": true,
                "emails": [{ "value": "ada@example.com", "primary": true, "type": "work" }],
            }),
        )
        .await;
    let (location, version) = (created.header("location").to_owned(), created.header("etag").to_owned());
    let created = created.is(201);
    let user = created["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("https://people.example.com/scim/v2/Users/{user}"));
    assert_eq!(
        created,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": user, "externalId": "701984",
            "meta": { "resourceType": "User", "created": created["meta"]["created"], "lastModified": created["meta"]["created"],
                      "location": location, "version": version },
            "userName": "Ada@example.com", "name": { "givenName": "Ada", "familyName": "Lovelace" }, "displayName": "Ada L.",
            "emails": [{ "value": "Ada@example.com", "type": "work", "primary": true }],
            "phoneNumbers": [{ "value": "+44 20 7946 0000" }], "active": true,
        })
    );
    assert_eq!(directory.get(&format!("/Users/{user}")).await.is(200), created);
    assert_eq!(site.audited("user.created").await, [("scim_key".to_owned(), user.clone())]);

    site.clock.advance(std::time::Duration::from_secs(1));
    let path = format!("/Users/{user}");
    let replaced =
        directory.put(&path, json!({ "userName": "ada@example.com", "displayName": "Countess" })).await.is(200);
    assert_eq!(
        (&replaced["displayName"], &replaced["name"], &replaced["externalId"], &replaced["phoneNumbers"]),
        (&json!("Countess"), &json!(null), &json!(null), &json!(null)),
        "what is not there is cleared"
    );
    assert_eq!(replaced["active"], true);
    let patched = directory
        .patch(&path, json!([{ "op": "add", "path": "name.givenName", "value": "Ada" }, { "op": "remove", "path": "displayName" }]))
        .await
        .is(200);
    assert_eq!((&patched["name"], &patched["displayName"]), (&json!({ "givenName": "Ada" }), &json!(null)));

    directory.delete(&path).await.is(204);
    directory.get(&path).await.refused(404, "");
    directory.delete(&path).await.refused(404, "");
    directory.patch(&path, json!([])).await.refused(404, "");
    assert_eq!(site.audited("user.deleted").await, [("scim_key".to_owned(), user)]);
    directory.user("ada@example.com").await;
}

/// security.md 21 and 47
async fn a_user_who_is_not_active_is_locked_and_their_sessions_end(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = site.user("ada@example.com", &[]).await;
    let input = vestibule_auth::AuthInput::body([("email", "ada@example.com"), ("password", PASSWORD)]);
    let sign_in = async || site.flows.sign_in("user", "emailpass", &input, &Client::default()).await;
    let SignIn::Session(token) = sign_in().await.unwrap() else { unreachable!("no second factor is due") };
    let session = async || {
        let found = site.flows.identify(Credential::Bearer(&token.token), Client::default).await.unwrap();
        found.is_some_and(|caller| caller.user.is_some())
    };
    assert!(session().await);
    let path = format!("/Users/{}", ada.id);
    let off = json!([{ "op": "replace", "path": "active", "value": false }]);
    assert_eq!(directory.patch(&path, off.clone()).await.is(200)["active"], false);
    assert!(!session().await, "the sessions ended in the same transaction");
    assert_eq!(sign_in().await.err().unwrap().code(), Some("user_locked"));
    assert_eq!(directory.patch(&path, off).await.is(200)["active"], false, "once more changes nothing");
    assert_eq!(site.audited("user.locked").await, [("scim_key".to_owned(), ada.id.to_string())]);
    let on = json!([{ "op": "replace", "path": "active", "value": true }]);
    assert_eq!(directory.patch(&path, on.clone()).await.is(200)["active"], true);
    assert_eq!(directory.patch(&path, on).await.is(200)["active"], true);
    assert_eq!(site.audited("user.unlocked").await, [("scim_key".to_owned(), ada.id.to_string())]);
    sign_in().await.unwrap();

    let created = directory.post("/Users", json!({ "userName": "bob@example.com", "active": false })).await.is(201);
    assert_eq!(created["active"], false);
}

/// security.md 15
async fn addresses_are_unique_whatever_their_spelling(site: Site) {
    let directory = site.directory(&[]).await;
    directory.user("ada@example.com").await;
    let bob = directory.user("bob@example.com").await;
    for taken in ["ada@example.com", "ADA@EXAMPLE.COM", "ada@example.com "] {
        directory.post("/Users", json!({ "userName": taken })).await.refused(409, "uniqueness");
        directory.put(&bob, json!({ "userName": taken })).await.refused(409, "uniqueness");
        directory
            .patch(&bob, json!([{ "op": "replace", "path": "userName", "value": taken }]))
            .await
            .refused(409, "uniqueness");
    }
    assert_eq!(directory.get(&bob).await.is(200)["userName"], "bob@example.com");
}

/// security.md 26 and 29
async fn what_cannot_be_stored_is_refused(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = directory.user("ada@example.com").await;
    for (body, kind) in [
        (json!({}), "invalidValue"),
        (json!({ "userName": "ada" }), "invalidValue"),
        (json!({ "userName": 1 }), "invalidValue"),
        (json!({ "userName": "x@example.com", "active": "maybe" }), "invalidValue"),
        (json!({ "userName": "x@example.com", "phoneNumbers": [{ "value": "no number" }] }), "invalidValue"),
        (json!({ "userName": "x@example.com", "displayName": "x".repeat(256) }), "invalidValue"),
        (json!({ "userName": "x@example.com", "externalId": "a\nb" }), "invalidValue"),
        (json!({ "userName": "x@example.com", "locked_at": "now" }), "invalidPath"),
        (json!({ "userName": "x@example.com", "password": "Secret-lantern-9" }), "mutability"),
    ] {
        directory.post("/Users", body.clone()).await.refused(400, kind);
    }
    for body in [
        "",
        "[]",
        "{",
        "{\"userName\":\"a@example.com\",\"USERNAME\":\"b@example.com\"}",
        "{\"userName\":\"a\\u0000\"}",
    ] {
        directory.send("POST", "/Users", &[], Some(body.to_owned())).await.refused(400, "invalidSyntax");
    }
    let deep = format!("{{\"userName\":{}", "[".repeat(10_000));
    directory.send("POST", "/Users", &[], Some(deep)).await.refused(400, "invalidSyntax");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    directory.send("POST", "/Users", &form, Some("userName=a".to_owned())).await.refused(415, "");
    directory.patch(&ada, json!([{ "op": "replace", "path": "id", "value": "x" }])).await.refused(400, "mutability");
    for unknown in ["/Users/nosuch", "/Users/user_01ARZ3NDEKTSV4RRFFQ69G5FAV", "/Nosuch", "/Users/a/b"] {
        let answered = directory.get(unknown).await;
        assert!([404, 405].contains(&answered.status.as_u16()), "{unknown}");
    }
    let users = directory.get("/Users").await.is(200);
    assert_eq!(users["totalResults"], 1, "nothing was half taken");
}

/// security.md 45
async fn an_address_changes_with_user_name(site: Site) {
    let directory = site.directory(&[]).await;
    let ada = site.user("ada@example.com", &[]).await;
    let path = format!("/Users/{}", ada.id);
    let renamed = directory
        .patch(&path, json!([{ "op": "replace", "value": { "userName": "countess@example.com" } }]))
        .await
        .is(200);
    assert_eq!(renamed["userName"], "countess@example.com");
    assert_eq!(site.audited("email.changed").await, [("scim_key".to_owned(), ada.id.to_string())]);
    let input = vestibule_auth::AuthInput::body([("email", "countess@example.com"), ("password", PASSWORD)]);
    site.flows.sign_in("user", "emailpass", &input, &Client::default()).await.unwrap();
    // The old address can be restored for seven days, and no one else takes it.
    directory.post("/Users", json!({ "userName": "ada@example.com" })).await.refused(409, "uniqueness");
    assert_eq!(id(&path), ada.id.to_string());
}
