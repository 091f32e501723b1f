//! `fields`

use serde_json::Value as Json;
use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(
    fields_are_returned_as_selected,
    unknown_fields_are_left_out,
    invalid_fields_return_400,
    a_relation_with_a_trailing_star_adds_to_the_default,
    signs_are_ignored_beside_a_name_without_a_sign,
);

const ALL: &str =
    "avatar_url created_at deleted_at email first_name id last_name last_seen_at locked_at metadata phone updated_at";

/// The keys of each listed user, which are the same for all.
async fn keys(people: &People, fields: &str) -> String {
    let page = people.list(&format!("limit=2&fields={fields}")).await;
    let keys = |user: &Json| {
        let mut keys: Vec<String> = user.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    let users = page["users"].as_array().unwrap();
    assert_eq!(keys(&users[0]), keys(&users[1]));
    keys(&users[0])
}

/// notes A4
async fn fields_are_returned_as_selected(people: People) {
    for (fields, shown) in [
        ("email", "email id"),
        ("id,email", "email id"),
        ("email,id", "email id"),
        ("email,email", "email id"),
        (",email", "email id"),
        ("email,,id", "email id"),
        ("email%20,%20id", "email id"),
        ("+email,first_name", "email first_name id"),
        ("deleted_at", "deleted_at id"),
        ("", "id"),
        (",", "id"),
        ("*", ALL),
        ("%2A", ALL),
        ("**", ALL),
        ("+", ALL),
        ("-", ALL),
        ("+metadata", ALL),
        ("%2Bmetadata", ALL),
        ("%2Bdeleted_at", ALL),
        ("-id", ALL),
        (
            "-email",
            "avatar_url created_at deleted_at first_name id last_name last_seen_at locked_at metadata phone updated_at",
        ),
        (
            "-email,-metadata,-created_at",
            "avatar_url deleted_at first_name id last_name last_seen_at locked_at phone updated_at",
        ),
    ] {
        assert_eq!(keys(&people, fields).await, shown, "{fields}");
    }
}

/// notes A4
async fn unknown_fields_are_left_out(people: People) {
    for (fields, shown) in [
        ("nosuch", "id"),
        ("id,nosuch", "id"),
        ("password", "id"),
        ("EMAIL", "id"),
        ("user.email", "id"),
        ("metadata.touched", "id"),
        ("email.x", "id"),
        ("invites.id", "id"),
        ("email,*nosuch", "email id"),
        ("+nosuch", ALL),
        ("-nosuch", ALL),
        ("*invites", ALL),
        ("*roles", ALL),
        ("*user", ALL),
        ("%2Broles.id", ALL),
        // The reference queries its database for these, and returns the database's error.
        ("__proto__", "id"),
        ("constructor", "id"),
    ] {
        assert_eq!(keys(&people, fields).await, shown, "{fields}");
    }
}

/// notes A4
async fn invalid_fields_return_400(people: People) {
    for (query, got) in
        [("fields[]=email", "email"), ("fields=email&fields=id", "email,id"), ("fields[a]=email", "[object Object]")]
    {
        people.is_invalid(query, &format!("Expected type: 'string' for field 'fields', got: '{got}'")).await;
    }
}

/// notes A4
async fn a_relation_with_a_trailing_star_adds_to_the_default(people: People) {
    for fields in ["invites.*", "id.*", "%2Broles.*"] {
        assert_eq!(keys(&people, fields).await, ALL, "{fields}");
    }
}

/// notes A4
async fn signs_are_ignored_beside_a_name_without_a_sign(people: People) {
    for (fields, shown) in [("id,-email", "email id"), ("email,-id", "email id")] {
        assert_eq!(keys(&people, fields).await, shown, "{fields}");
    }
}
