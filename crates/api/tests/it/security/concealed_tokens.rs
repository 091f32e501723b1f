//! 37: the token of an invite, or of a reset, is of use only to callers who have every permission that it grants,
//! however they know it.

use serde_json::{Value as Json, json};
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp, User};

on_both_engines!(
    token_of_an_invite_is_null_for_callers_who_could_not_grant_it,
    token_of_an_invite_is_shown_again_once_the_caller_could_grant_it,
    token_of_a_user_created_beforehand_is_null_once_the_user_has_more,
    granting_roles_to_a_user_who_has_not_signed_in_replaces_the_link,
    link_known_to_the_creator_is_refused_once_the_users_role_has_grown,
    reset_link_is_refused_once_the_user_has_more_than_its_issuer,
    invites_cannot_be_found_by_their_token,
    preview_reports_that_the_inviter_may_not_grant_the_roles,
);

/// The token of an invite as a caller sees it, by every route that returns it.
async fn tokens(caller: &User, id: &str) -> Vec<Json> {
    let one = format!("/admin/invites/{id}");
    let lists =
        ["/admin/invites", "/admin/invites?fields=token", "/admin/invites?state=all&fields=%2Btoken&limit=1000"];
    let mut tokens = Vec::new();
    for path in lists {
        let listed = caller.get(path).await.ok();
        let invites = listed["invites"].as_array().unwrap();
        tokens.push(invites.iter().find(|invite| invite["id"] == id).unwrap()["token"].clone());
    }
    for path in [one.clone(), format!("{one}?fields=id,token"), format!("{one}?state=all")] {
        let shown = caller.get(&path).await.ok();
        assert!(shown["invite"].as_object().unwrap().contains_key("token"), "null, not left out");
        tokens.push(shown["invite"]["token"].clone());
    }
    tokens
}

async fn token_of_an_invite_is_null_for_callers_who_could_not_grant_it(app: TestApp) {
    let admin = app.admin().await;
    let reader =
        app.user_who_may("reader@example.com", &["invite:read", "user:read", "audit:read", "event:read"]).await;
    let big = admin.invite("big@example.com").await;
    let small = app.role("Small", &["invite:read", "user:read"]).await.id;
    let small = admin.post("/admin/invites", json!({ "email": "small@example.com", "roles": [small] })).await.ok();
    let nothing = admin.post("/admin/invites", json!({ "email": "nothing@example.com", "roles": [] })).await.ok();
    assert_eq!(tokens(&reader, &big.id).await, vec![Json::Null; 6]);
    for invite in [small, nothing] {
        let invite = &invite["invite"];
        assert_eq!(tokens(&reader, invite["id"].as_str().unwrap()).await, vec![invite["token"].clone(); 6]);
    }
    assert_eq!(tokens(&admin, &big.id).await, vec![json!(big.token); 6]);
    // A key sees what its own roles grant, not those of its creator.
    let readers = app.role("Readers", &["invite:read"]).await.id;
    let key = app.basic(&admin.api_key("reads", Some(&[&readers])).await.token);
    assert_eq!(key.get(&format!("/admin/invites/{}", big.id)).await.ok()["invite"]["token"], Json::Null);
    // No other route returns it.
    for path in ["/admin/audit?limit=100", "/admin/audit/export", "/admin/events?limit=100"] {
        let told = reader.get(path).await;
        assert_eq!(told.status, 200);
        assert!(!told.text().contains(&big.token), "{path}");
    }
}

async fn token_of_an_invite_is_shown_again_once_the_caller_could_grant_it(app: TestApp) {
    let admin = app.admin().await;
    let reader = app.user_who_may("reader@example.com", &["invite:read"]).await;
    let writers = app.role("Writers", &["user:update"]).await.id;
    let invite = admin.post("/admin/invites", json!({ "email": "x@example.com", "roles": [writers] })).await.ok();
    let id = invite["invite"]["id"].as_str().unwrap();
    assert_eq!(tokens(&reader, id).await, vec![Json::Null; 6]);
    admin.post(&format!("/admin/users/{}/roles", reader.id), json!({ "roles": [writers] })).await.ok();
    assert_eq!(tokens(&reader, id).await, vec![invite["invite"]["token"].clone(); 6]);
    // A role that has gained policies grants more.
    let policies = json!({ "policies": [app.policy("audit:read").await] });
    let other = app.role("Other", &["invite:read"]).await.id;
    let invite = admin.post("/admin/invites", json!({ "email": "y@example.com", "roles": [other] })).await.ok();
    let id = invite["invite"]["id"].as_str().unwrap();
    assert_eq!(tokens(&reader, id).await, vec![invite["invite"]["token"].clone(); 6]);
    admin.post(&format!("/admin/rbac/roles/{other}/policies"), policies).await.ok();
    assert_eq!(tokens(&reader, id).await, vec![Json::Null; 6]);
}

/// A user who is to set a password by a link, created by a caller with few permissions.
async fn created(app: &TestApp, creator: &User) -> (String, String, String) {
    let body = json!({ "email": "ada@example.com", "roles": [], "invite": true });
    let created = creator.post("/admin/users", body).await.ok();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let preview = json!({ "token": created["invite"]["token"] });
    app.anonymous().post("/auth/invites/preview", preview).await.ok();
    (text(&created["user"]["id"]), text(&created["invite"]["id"]), text(&created["invite"]["token"]))
}

async fn token_of_a_user_created_beforehand_is_null_once_the_user_has_more(app: TestApp) {
    let admin = app.admin().await;
    let creator = app.user_who_may("creator@example.com", &["user:create", "invite:read"]).await;
    let (user, invite, token) = created(&app, &creator).await;
    assert_eq!(tokens(&creator, &invite).await, vec![json!(token); 6]);
    admin.post(&format!("/admin/users/{user}/roles"), json!({ "roles": ["role_super_admin"] })).await.ok();
    assert_eq!(tokens(&creator, &invite).await, vec![Json::Null; 6]);
}

async fn granting_roles_to_a_user_who_has_not_signed_in_replaces_the_link(app: TestApp) {
    let admin = app.admin().await;
    let creator = app.user_who_may("creator@example.com", &["user:create"]).await;
    let (user, invite, old) = created(&app, &creator).await;
    let small = app.role("Small", &["user:read"]).await.id;
    let give = [
        (format!("/admin/users/{user}/roles"), json!({ "roles": [small] })),
        ("/admin/rbac/roles/role_super_admin/users".to_owned(), json!({ "users": [user] })),
    ];
    let mut known = vec![old];
    for (path, body) in give {
        admin.post(&path, body).await.ok();
        let token = admin.get(&format!("/admin/invites/{invite}")).await.ok()["invite"]["token"].clone();
        for old in &known {
            let refused = app.anonymous().accept_with_password(old, PASSWORD).await;
            assert_eq!((refused.status, &refused.json()["code"]), (401, &json!("invite_token_replaced")));
        }
        known.push(token.as_str().unwrap().to_owned());
    }
    // The user is sent each new link, and signs in with the newest.
    assert_eq!(app.events("invite.resent").await, vec![json!({ "id": invite }); 2]);
    assert_eq!(app.audited("invite.resent").await.len(), 2);
    app.anonymous().accept_with_password(known.last().unwrap(), PASSWORD).await.ok();
    let ada = app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
    assert!(ada.permissions().await.contains(&"rbac_role:delete".to_owned()));
    // Assigning the same roles again sends nothing.
    admin.post(&format!("/admin/users/{user}/roles"), json!({ "roles": ["role_super_admin"] })).await.ok();
    assert_eq!(app.events("invite.resent").await.len(), 2);
}

async fn link_known_to_the_creator_is_refused_once_the_users_role_has_grown(app: TestApp) {
    let admin = app.admin().await;
    let creator = app.user_who_may("creator@example.com", &["user:create", "user:read"]).await;
    let small = app.role("Small", &["user:read"]).await.id;
    let body = json!({ "email": "ada@example.com", "roles": [small], "invite": true });
    let created = creator.post("/admin/users", body).await.ok();
    let token = created["invite"]["token"].as_str().unwrap();
    let audit = app.policy("audit:read").await;
    let policies = json!({ "policies": [audit] });
    admin.post(&format!("/admin/rbac/roles/{small}/policies"), policies).await.ok();
    for path in ["/auth/invites/preview", "/auth/invites/accept"] {
        let refused = app.anonymous().post(path, json!({ "token": token, "password": PASSWORD })).await;
        let refused = if path.ends_with("preview") {
            app.anonymous().post(path, json!({ "token": token })).await
        } else {
            refused
        };
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("inviter_lacks_policies")), "{path}");
    }
    // An administrator with the same permissions resends it, and so vouches for it.
    let invite = created["invite"]["id"].as_str().unwrap();
    let again = admin.post_nothing(&format!("/admin/invites/{invite}/resend")).await.ok();
    app.anonymous().accept_with_password(again["invite"]["token"].as_str().unwrap(), PASSWORD).await.ok();
}

async fn reset_link_is_refused_once_the_user_has_more_than_its_issuer(app: TestApp) {
    let admin = app.admin().await;
    let helper = app.user_who_may("helper@example.com", &["user:update"]).await;
    let ada = app.user_with("ada@example.com", &[]).await;
    let path = format!("/admin/users/{}/reset-password", ada.id);
    let set = |token: &Json, password: &str| {
        let client = app.bearer(token.as_str().unwrap());
        client.post("/auth/user/emailpass/update", json!({ "password": password }))
    };
    let token = helper.post_nothing(&path).await.ok()["token"].clone();
    let roles = format!("/admin/users/{}/roles", ada.id);
    admin.post(&roles, json!({ "roles": ["role_super_admin"] })).await.ok();
    let refused = set(&token, "Other-harbour-77x").await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    app.anonymous().sign_in_as_user("ada@example.com", PASSWORD).await;
    // A token works that the user requested, or that an administrator with the same permissions created.
    let mailed = json!(app.reset_token("ada@example.com").await);
    set(&mailed, "Other-harbour-77x").await.ok();
    let token = admin.post_nothing(&path).await.ok()["token"].clone();
    set(&token, "Third-harbour-78x").await.ok();
}

async fn invites_cannot_be_found_by_their_token(app: TestApp) {
    let admin = app.admin().await;
    let reader = app.user_who_may("reader@example.com", &["invite:read"]).await;
    let token = admin.invite("ada@example.com").await.token;
    for query in [
        format!("token={token}"),
        format!("token[]={token}"),
        format!("token[$like]={}%25", token.get(..20).unwrap()),
        format!("$or[0][token]={token}"),
        format!("$and[0][token]={token}"),
        "order=token".to_owned(),
        "order=-token".to_owned(),
    ] {
        assert_eq!(reader.get(&format!("/admin/invites?{query}")).await.status, 400, "{query}");
    }
    for part in [token.as_str(), token.get(token.len() - 20..).unwrap()] {
        assert_eq!(reader.get(&format!("/admin/invites?q={part}")).await.ok()["count"], 0);
    }
}

/// 5
async fn preview_reports_that_the_inviter_may_not_grant_the_roles(app: TestApp) {
    let admin = app.admin().await;
    let inviter = app.user_who_may("inviter@example.com", &["invite:create", "user:read"]).await;
    let readers = app.role("Readers", &["user:read"]).await.id;
    let invite = inviter.post("/admin/invites", json!({ "email": "ada@example.com", "roles": [readers] })).await.ok();
    let body = json!({ "token": invite["invite"]["token"] });
    app.anonymous().post("/auth/invites/preview", body.clone()).await.ok();
    admin.post_nothing(&format!("/admin/users/{}/lock", inviter.id)).await.ok();
    let refused = app.anonymous().post("/auth/invites/preview", body.clone()).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("inviter_lacks_policies")));
    admin.post_nothing(&format!("/admin/users/{}/unlock", inviter.id)).await.ok();
    app.anonymous().post("/auth/invites/preview", body).await.ok();
}
