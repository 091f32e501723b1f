//! `POST /admin/invites`

use serde_json::json;
use vestibule_testing::on_both_engines;

use crate::support::{PASSWORD, TestApp, forge};

on_both_engines!(
    create_returns_the_invite_with_its_token,
    an_address_has_one_pending_invite,
    a_closed_or_expired_invite_does_not_block_a_new_one,
    create_for_an_existing_user_returns_400,
    metadata_and_roles_are_optional,
    create_with_invalid_fields_returns_400_without_effect,
);

const INVITES: &str = "/admin/invites";

async fn create_returns_the_invite_with_its_token(app: TestApp) {
    let admin = app.admin().await;
    let created = admin.post(INVITES, json!({ "email": " Ada@Example.com " })).await.ok();
    let (now, tomorrow) = ("2026-11-22T09:30:00.000Z", "2026-11-23T09:30:00.000Z");
    let (id, token) = (&created["invite"]["id"], &created["invite"]["token"]);
    assert_eq!(
        created,
        json!({ "invite": {
            "id": id, "email": "Ada@Example.com", "accepted": false, "token": token, "state": "pending",
            "expires_at": tomorrow, "metadata": null, "user_id": null, "invited_by": admin.id, "accepted_by": null,
            "accepted_at": null, "revoked_at": null, "replaced_by": null, "times_sent": 1, "sent_at": now,
            "created_at": now, "updated_at": now, "deleted_at": null,
        } })
    );
    assert!(id.as_str().unwrap().starts_with("invite_"));
    let claims = forge::claims(token.as_str().unwrap());
    let at = app.clock_seconds();
    assert_eq!(
        claims,
        json!({
            "id": id, "email": "Ada@Example.com", "jti": claims["jti"], "purpose": "invite", "iat": at, "exp": at + 86_400,
        })
    );
    // 128 random bits.
    assert_eq!(claims["jti"].as_str().unwrap().len(), 32);
    let shown = admin.post(&format!("{INVITES}?fields=email"), json!({ "email": "bob@example.com" })).await.ok();
    assert_eq!(shown["invite"].as_object().unwrap().keys().collect::<Vec<_>>(), ["email", "id"]);
}

async fn an_address_has_one_pending_invite(app: TestApp) {
    let admin = app.admin().await;
    admin.invite("Ada@Example.com").await;
    for email in ["Ada@Example.com", "ada@example.com", " ADA@EXAMPLE.COM", "ａda@example.com"] {
        let refused = admin.post(INVITES, json!({ "email": email })).await;
        let message = format!("Invite with email: {}, already exists.", email.trim());
        refused.is_coded(400, "invalid_data", "invite_exists", &message);
    }
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 1);
}

/// The reference refuses the address of an invite that has expired.
async fn a_closed_or_expired_invite_does_not_block_a_new_one(app: TestApp) {
    let admin = app.admin().await;
    let first = admin.invite("ada@example.com").await;
    admin.delete(&format!("{INVITES}/{}", first.id)).await.ok();
    let second = admin.invite("ada@example.com").await;
    app.clock.advance(super::OVER_A_DAY);
    let admin = app.admin().await;
    let third = admin.invite("ada@example.com").await;
    let replaced = admin.get(&format!("{INVITES}/{}?state=all", second.id)).await.ok();
    assert_eq!(
        (&replaced["invite"]["state"], &replaced["invite"]["replaced_by"]),
        (&json!("revoked"), &json!(third.id))
    );
    let user = app.anonymous().accept_with_password(&third.token, PASSWORD).await.ok()["user"]["id"].clone();
    admin.delete(&format!("/admin/users/{}", user.as_str().unwrap())).await.ok();
    admin.invite("ada@example.com").await;
}

async fn create_for_an_existing_user_returns_400(app: TestApp) {
    let admin = app.admin().await;
    app.user("Ada@Example.com").await;
    for (email, user) in [("ada@example.com", "Ada@Example.com"), ("ADMIN@example.com", "admin@example.com")] {
        let refused = admin.post(INVITES, json!({ "email": email })).await;
        let message = format!("User account for following email(s) already exist: {user}");
        refused.is_coded(400, "invalid_data", "user_exists", &message);
    }
}

/// notes B1
async fn metadata_and_roles_are_optional(app: TestApp) {
    let admin = app.admin().await;
    let nested = json!({ "z": null, "a": { "b": [1, { "c": null }], "a": 1.5 }, "": "x", "é": 1e30 });
    for (number, (rest, metadata)) in [
        (json!({ "metadata": null }), json!(null)),
        (json!({ "metadata": {} }), json!({})),
        (json!({ "metadata": nested }), nested.clone()),
        (json!({ "roles": [] }), json!(null)),
        (json!({ "roles": null }), json!(null)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = rest;
        body["email"] = format!("u{number}@example.com").into();
        let created = admin.post(INVITES, body).await.ok();
        assert_eq!(created["invite"]["metadata"], metadata);
    }
}

/// notes B1, B2, B5
async fn create_with_invalid_fields_returns_400_without_effect(app: TestApp) {
    let admin = app.admin().await;
    let email = "a@x.test";
    for (body, reasons) in [
        (json!({}), "Field 'email' is required"),
        (json!({ "email": 5 }), "Expected type: 'string' for field 'email', got: '5'"),
        (json!({ "email": 1.5 }), "Expected type: 'string' for field 'email', got: '1.5'"),
        (json!({ "email": true }), "Expected type: 'string' for field 'email', got: 'true'"),
        (json!({ "email": null }), "Expected type: 'string' for field 'email', got: 'null'"),
        (json!({ "email": {} }), "Expected type: 'string' for field 'email', got: '[object Object]'"),
        (json!({ "email": [] }), "Expected type: 'string' for field 'email', got: ''"),
        (json!({ "email": [1, 2] }), "Expected type: 'string' for field 'email', got: '1,2'"),
        (json!({ "email": email, "metadata": "x" }), "Expected type: 'record' for field 'metadata', got: 'x'"),
        (json!({ "email": email, "metadata": [1] }), "Expected type: 'record' for field 'metadata', got: '1'"),
        (json!({ "email": email, "roles": "x" }), "Expected type: 'array' for field 'roles', got: 'x'"),
        (json!({ "email": email, "roles": [1] }), "Field 'roles, 0' is required"),
        (json!({ "nosuch": 1 }), "Field 'email' is required; Unrecognized fields: 'nosuch'"),
        (json!({ "email": email, "token": "x" }), "Unrecognized fields: 'token'"),
        (
            json!({ "email": 5, "metadata": "x" }),
            "Expected type: 'string' for field 'email', got: '5'; Expected type: 'record' for field 'metadata', got: 'x'",
        ),
        (json!([]), "Field '' is required"),
        (json!(["email"]), "Field '' is required"),
        (json!("x"), "The body must be a JSON object, got: 'x'"),
        (json!(null), "The body must be a JSON object, got: 'null'"),
    ] {
        admin.post(INVITES, body).await.is_invalid(reasons);
    }
    let unknown = admin.post(INVITES, json!({ "email": email, "roles": ["x"] })).await;
    unknown.is_error(400, "invalid_data", "The following role IDs do not exist: x");
    // Fields are reported in the order in which they were sent.
    let unknown = r#"{"id":"x","accepted":true,"email":"a@x.test","expires_at":"x"}"#;
    let refused = admin.ask("POST", INVITES).raw("application/json", unknown).await;
    refused.is_invalid("Unrecognized fields: 'id, accepted, expires_at'");
    admin.post_nothing(INVITES).await.is_invalid("Field 'email' is required");
    for name in ["nosuch", "limit"] {
        let refused = admin.post(&format!("{INVITES}?{name}=1"), json!({ "email": email })).await;
        refused.is_invalid(&format!("Unrecognized fields: '{name}'"));
    }
    assert_eq!(admin.get("/admin/invites?state=all").await.ok()["count"], 0);
}
