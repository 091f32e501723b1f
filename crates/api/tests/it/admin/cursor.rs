//! `after` and `count` of the lists that may be long.

use serde_json::{Value as Json, json};
use vestibule_database::values;
use vestibule_testing::on_both_engines;
use vestibule_user::CreateUser;

use crate::support::{Sink, TestApp, User};

on_both_engines!(
    users_are_read_by_cursor_in_every_order,
    what_comes_and_goes_between_pages_is_no_gap,
    long_pages_have_cursors_too,
    invites_entries_and_deliveries_are_read_by_cursor,
    the_users_of_a_role_are_read_by_cursor,
    matches_are_counted_as_requested,
    a_cursor_of_another_list_is_refused,
);

/// Reads a list page by page, from `after=` until `next` is null. Returns the ids.
async fn walk(admin: &User, path: &str, name: &str) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("{path}after={after}")).await.ok();
        let rows = page[name].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        assert!(ids.len() < 1_000, "it never ends");
        let Some(next) = page["next"].as_str() else {
            assert_eq!(page["next"], Json::Null);
            assert!(page.as_object().unwrap().contains_key("next"), "it is there, and null");
            return ids;
        };
        assert!(!rows.is_empty());
        next.clone_into(&mut after);
    }
}

/// The ids of a list that is read as one page.
async fn whole(admin: &User, path: &str, name: &str) -> Vec<String> {
    let page = admin.get(&format!("{path}limit=1000")).await.ok();
    assert!(!page.as_object().unwrap().contains_key("next"), "only where it was asked for");
    page[name].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// Users with and without names, several with the same.
async fn users(app: &TestApp, count: usize) {
    let user = |number: usize| {
        let mut user = CreateUser::new(format!("user{number:04}@example.com").parse().unwrap());
        user.first_name = (!number.is_multiple_of(3)).then(|| format!("First {}", number % 5));
        user.last_name = (!number.is_multiple_of(4)).then(|| format!("L\u{e4}st \"{}\"", number % 2));
        user
    };
    app.flows.users().create_users((0..count).map(user).collect::<Vec<_>>()).await.unwrap();
}

async fn users_are_read_by_cursor_in_every_order(app: TestApp) {
    let admin = app.admin().await;
    users(&app, 23).await;
    for order in [
        "",
        "id",
        "-id",
        "email",
        "-email",
        "first_name",
        "-first_name",
        "last_name",
        "-last_name",
        "created_at",
        "-created_at",
        "updated_at",
        "-updated_at",
        "locked_at",
        "last_seen_at",
        "-last_seen_at",
        "-deleted_at",
        "first_name,-last_name",
        "-first_name,email",
        "last_name,first_name,-created_at",
        "first_name,-id",
    ] {
        let order = if order.is_empty() { String::new() } else { format!("order={order}&") };
        let all = whole(&admin, &format!("/admin/users?{order}"), "users").await;
        assert_eq!(all.len(), 24);
        for limit in [1, 5, 24, 50] {
            let walked = walk(&admin, &format!("/admin/users?{order}limit={limit}&"), "users").await;
            assert_eq!(walked, all, "{order} {limit}");
        }
    }
    let filtered = "/admin/users?first_name[$ne]=null&order=-last_name&";
    assert_eq!(walk(&admin, &format!("{filtered}limit=4&"), "users").await, whole(&admin, filtered, "users").await);
    let searched = "/admin/users?q=user000&order=-email&";
    let found = walk(&admin, &format!("{searched}limit=3&"), "users").await;
    assert_eq!((found.len(), &found), (10, &whole(&admin, searched, "users").await));
}

async fn what_comes_and_goes_between_pages_is_no_gap(app: TestApp) {
    let admin = app.admin().await;
    users(&app, 6).await;
    let path = "/admin/users?order=email&limit=3&after=";
    let first = admin.get(path).await.ok();
    let emails = |page: &Json| -> Vec<String> {
        page["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(emails(&first), ["admin@example.com", "user0000@example.com", "user0001@example.com"]);
    // The last row of the page goes, and others are created before and after it.
    let last = first["users"][2]["id"].as_str().unwrap();
    admin.delete(&format!("/admin/users/{last}")).await.ok();
    for email in ["aaa@example.com", "user0001x@example.com"] {
        app.flows.users().create_users(CreateUser::new(email.parse().unwrap())).await.unwrap();
    }
    let second = admin.get(&format!("{path}{}", first["next"].as_str().unwrap())).await.ok();
    assert_eq!(emails(&second), ["user0001x@example.com", "user0002@example.com", "user0003@example.com"]);
}

async fn long_pages_have_cursors_too(app: TestApp) {
    let admin = app.admin().await;
    users(&app, 150).await;
    let all = whole(&admin, "/admin/users?order=-first_name&", "users").await;
    assert_eq!(walk(&admin, "/admin/users?order=-first_name&limit=60&", "users").await, all);
    let page = admin.get("/admin/users?limit=60&after=&count=none").await.ok();
    assert_eq!((page["users"].as_array().unwrap().len(), page.get("count"), &page["limit"]), (60, None, &json!(60)));
}

async fn invites_entries_and_deliveries_are_read_by_cursor(app: TestApp) {
    let admin = app.admin().await;
    let (mail, other) = (Sink::new("mail", "", "invite.created"), Sink::new("embedder", "", "invite.created"));
    for number in 0..7 {
        admin.invite(&format!("i{number}@example.com")).await;
        app.deliver(&[&mail, &other]).await;
    }
    for (path, name, count) in [
        ("/admin/invites?", "invites", 7),
        ("/admin/invites?order=-email&", "invites", 7),
        ("/admin/invites?order=accepted_at&state=pending&", "invites", 7),
        ("/admin/audit?", "audit_entries", 8),
        ("/admin/audit?order=created_at&action=invite.created&", "audit_entries", 7),
        ("/admin/deliveries?", "deliveries", 14),
        ("/admin/deliveries?destination=mail&", "deliveries", 7),
    ] {
        let all = whole(&admin, path, name).await;
        assert!(all.len() >= count, "{path} {}", all.len());
        for limit in [1, 3, 7, 60] {
            assert_eq!(walk(&admin, &format!("{path}limit={limit}&"), name).await, all, "{path} {limit}");
        }
    }
}

async fn the_users_of_a_role_are_read_by_cursor(app: TestApp) {
    let admin = app.admin().await;
    let role = app.role_of("Readers", &["user:read"]).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(admin.invite_and_accept(&format!("r{number}@example.com")).await.id);
    }
    // Not in the order of their ids.
    for id in [&ids[3], &ids[0], &ids[4], &ids[1], &ids[2]] {
        admin.post(&format!("/admin/rbac/roles/{role}/users"), json!({ "users": [id] })).await.ok();
    }
    let path = format!("/admin/rbac/roles/{role}/users?");
    let all = whole(&admin, &path, "users").await;
    assert_eq!(all.len(), 5);
    for limit in [1, 2, 5] {
        assert_eq!(walk(&admin, &format!("{path}limit={limit}&"), "users").await, all, "{limit}");
    }
    let page = admin.get(&format!("{path}limit=2&count=estimated")).await.ok();
    assert_eq!((&page["count"], page.get("count_is_minimum")), (&json!(5), None));
}

async fn matches_are_counted_as_requested(app: TestApp) {
    let admin = app.admin().await;
    users(&app, 12).await;
    for (query, count) in [
        ("limit=5", json!(13)),
        ("limit=5&count=exact", json!(13)),
        ("limit=5&count=estimated", json!(13)),
        ("limit=5&count=estimated&q=user000", json!(10)),
        ("limit=5&after=&count=exact&q=user000", json!(10)),
        ("limit=0&count=exact", json!(13)),
        ("offset=3&count=exact", json!(13)),
    ] {
        let page = admin.get(&format!("/admin/users?{query}")).await.ok();
        assert_eq!((&page["count"], page.get("count_is_minimum")), (&count, None), "{query}");
    }
    let page = admin.get("/admin/users?limit=5&count=none").await.ok();
    assert_eq!(page.get("count"), None);
    admin
        .get("/admin/users?count=some")
        .await
        .is_invalid("Invalid value for field 'count': expected 'exact', 'estimated' or 'none'");
    // More than are counted.
    users_in_bulk(&app, 10_100).await;
    let page = admin.get("/admin/users?count=estimated&limit=1&q=bulk").await.ok();
    assert_eq!((&page["count"], &page["count_is_minimum"]), (&json!(10_000), &json!(true)));
    assert_eq!(admin.get("/admin/users?limit=1").await.ok()["count"], 10_113);
}

/// Users by the thousand, by one statement.
async fn users_in_bulk(app: &TestApp, count: i64) {
    let text = "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 9999999)
        INSERT INTO users (id, email, email_canonical, search_text, created_at, updated_at)
        SELECT 'user_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'bulk' || number || '@x.test', 'bulk' || number || '@x.test', 'bulk' || number, $1, $1
        FROM (SELECT number FROM numbers LIMIT $2) few";
    let now = app.flows.environment().now();
    let mut transaction = app.flows.database().begin().await.unwrap();
    transaction.execute(text, values![now, count]).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn a_cursor_of_another_list_is_refused(app: TestApp) {
    let admin = app.admin().await;
    users(&app, 3).await;
    let page = admin.get("/admin/users?order=-email&limit=1&after=").await.ok();
    let next = page["next"].as_str().unwrap();
    for (query, order) in [("", "-email"), ("order=email&", "-email"), ("order=-email,id&", "-email")] {
        let message =
            format!("this 'next' belongs to the order '{order}'; repeat that order, or begin with the first page");
        admin
            .get(&format!("/admin/users?{query}after={next}"))
            .await
            .is_invalid(&format!("Invalid value for field 'after': {message}"));
    }
    let malformed =
        "Invalid value for field 'after': expected the 'next' of an earlier page, or nothing for the first page";
    for after in ["x", "1", "user_1", "e30", "W10"] {
        for path in ["/admin/users?", "/admin/invites?", "/admin/audit?", "/admin/deliveries?"] {
            admin.get(&format!("{path}after={after}")).await.is_invalid(malformed);
        }
    }
    let twice = "it says where the page begins, and so does 'offset': leave out one of them";
    admin
        .get(&format!("/admin/users?order=-email&offset=1&after={next}"))
        .await
        .is_invalid(&format!("Invalid value for field 'after': {twice}"));
    // Lists that are never long have none.
    admin.get("/admin/rbac/roles?after=").await.is_invalid("Unrecognized fields: 'after'");
}
