//! `GET /admin/users/{id}`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(a_user_is_found_by_id, what_is_no_users_id_is_the_id_of_nobody, parameters_are_those_of_one_user);

async fn a_user_is_found_by_id(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let found = admin.get(&format!("/admin/users/{}", ada.id)).await;
    assert_eq!(found.ok(), ada.get("/admin/users/me").await.ok());
    ada.get(&format!("/admin/users/{}", admin.id)).await.ok();
    // A deleted user is not found any more.
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    let message = format!("User with id: {} was not found", ada.id);
    admin.get(&format!("/admin/users/{}", ada.id)).await.is_error(404, "not_found", &message);
}

/// notes C3: to those that are no UTF-8 and to NUL the reference answers 500
async fn what_is_no_users_id_is_the_id_of_nobody(app: TestApp) {
    let admin = app.admin().await;
    let long = "x".repeat(2_800);
    let lower = admin.id.to_lowercase();
    let invite = admin.id.replace("user_", "invite_");
    for (path, id) in [
        ("user_nosuch", "user_nosuch"),
        ("%20", " "),
        ("a%2Fb", "a/b"),
        ("'", "'"),
        ("%3Cb%3E", "<b>"),
        ("%00", "\0"),
        ("%zz", "%zz"),
        ("%C3%A9", "é"),
        ("user_01M81MKHG2T3KQDSQCVSAJ1ZPK", "user_01M81MKHG2T3KQDSQCVSAJ1ZPK"),
        (lower.as_str(), lower.as_str()),
        (invite.as_str(), invite.as_str()),
        (long.as_str(), long.as_str()),
    ] {
        let message = format!("User with id: {id} was not found");
        admin.get(&format!("/admin/users/{path}")).await.is_error(404, "not_found", &message);
    }
    for path in ["%ff", "%C3", "user_%E0%A4"] {
        let refused = admin.get(&format!("/admin/users/{path}")).await;
        refused.is_error(400, "invalid_data", "The path is not valid UTF-8");
    }
}

/// notes C3
async fn parameters_are_those_of_one_user(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let find = |query: &str| admin.get(&format!("/admin/users/{}?{query}", ada.id));
    find("fields=email").await.is(200, &json!({ "user": { "id": ada.id, "email": "ada@example.com" } }));
    find("fields=nosuch").await.is(200, &json!({ "user": { "id": ada.id } }));
    assert_eq!(find("fields=-email").await.ok()["user"].as_object().unwrap().len(), 10);
    for (query, name) in [("nosuch=1", "nosuch"), ("limit=1", "limit"), ("with_deleted=x", "with_deleted")] {
        find(query).await.is_invalid(&format!("Unrecognized fields: '{name}'"));
    }
    // The parameters are wrong before the id is of nobody.
    admin.get("/admin/users/user_nosuch?order=email").await.is_invalid("Unrecognized fields: 'order'");
}
