//! `GET /admin/users/{id}`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::TestApp;

on_both_engines!(
    retrieve_returns_the_user,
    retrieve_with_an_invalid_id_returns_404,
    retrieve_takes_the_parameters_of_one_user
);

async fn retrieve_returns_the_user(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let found = admin.get(&format!("/admin/users/{}", ada.id)).await;
    assert_eq!(found.ok(), ada.get("/admin/users/me").await.ok());
    ada.get(&format!("/admin/users/{}", admin.id)).await.ok();
    // A deleted user is no longer found.
    admin.delete(&format!("/admin/users/{}", ada.id)).await.ok();
    let message = format!("User with id: {} was not found", ada.id);
    admin.get(&format!("/admin/users/{}", ada.id)).await.is_error(404, "not_found", &message);
}

/// notes C3: the reference answers 500 to ids that are not UTF-8 and to NUL
async fn retrieve_with_an_invalid_id_returns_404(app: TestApp) {
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
async fn retrieve_takes_the_parameters_of_one_user(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let find = |query: &str| admin.get(&format!("/admin/users/{}?{query}", ada.id));
    find("fields=email").await.is(200, &json!({ "user": { "id": ada.id, "email": "ada@example.com" } }));
    find("fields=nosuch").await.is(200, &json!({ "user": { "id": ada.id } }));
    assert_eq!(find("fields=-email").await.ok()["user"].as_object().unwrap().len(), 11);
    for (query, name) in [("nosuch=1", "nosuch"), ("limit=1", "limit"), ("with_deleted=x", "with_deleted")] {
        find(query).await.is_invalid(&format!("Unrecognized fields: '{name}'"));
    }
    // Invalid parameters are reported before an unknown id.
    admin.get("/admin/users/user_nosuch?order=email").await.is_invalid("Unrecognized fields: 'order'");
}
