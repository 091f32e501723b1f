//! `fields`

use serde_json::Value as Json;
use vestibule_testing::on_both_engines;

use super::People;

on_both_engines!(
    fields_are_shown_as_asked_for,
    unknown_names_show_nothing,
    what_is_no_list_of_names_is_refused,
    a_relation_with_a_star_behind_it_adds_to_the_default,
    signs_count_for_nothing_beside_a_name_without_one,
);

const ALL: &str = "avatar_url created_at deleted_at email first_name id last_name locked_at metadata phone updated_at";

/// The keys of the users, which are the same for all of them.
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
async fn fields_are_shown_as_asked_for(people: People) {
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
        ("-email", "avatar_url created_at deleted_at first_name id last_name locked_at metadata phone updated_at"),
        ("-email,-metadata,-created_at", "avatar_url deleted_at first_name id last_name locked_at phone updated_at"),
    ] {
        assert_eq!(keys(&people, fields).await, shown, "{fields}");
    }
}

/// notes A4
async fn unknown_names_show_nothing(people: People) {
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
        // The reference asks its database for these, and shows the database's complaint.
        ("__proto__", "id"),
        ("constructor", "id"),
    ] {
        assert_eq!(keys(&people, fields).await, shown, "{fields}");
    }
}

/// notes A4
async fn what_is_no_list_of_names_is_refused(people: People) {
    for (query, got) in
        [("fields[]=email", "email"), ("fields=email&fields=id", "email,id"), ("fields[a]=email", "[object Object]")]
    {
        people.is_invalid(query, &format!("Expected type: 'string' for field 'fields', got: '{got}'")).await;
    }
}

/// notes A4
async fn a_relation_with_a_star_behind_it_adds_to_the_default(people: People) {
    for fields in ["invites.*", "id.*", "%2Broles.*"] {
        assert_eq!(keys(&people, fields).await, ALL, "{fields}");
    }
}

/// notes A4
async fn signs_count_for_nothing_beside_a_name_without_one(people: People) {
    for (fields, shown) in [("id,-email", "email id"), ("email,-id", "email id")] {
        assert_eq!(keys(&people, fields).await, shown, "{fields}");
    }
}
