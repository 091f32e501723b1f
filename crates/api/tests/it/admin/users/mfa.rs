//! `/admin/users/{id}/mfa`

use serde_json::json;
use vestibule_core::{Field as _, FindConfig};
use vestibule_rbac::{CreatePolicy, CreateRole, PolicyField, RoleId};
use vestibule_testing::on_both_engines;

use crate::support::{TestApp, User};

on_both_engines!(
    factors_are_listed_without_their_secrets,
    a_reset_removes_all_factors_and_records_it,
    reset_of_a_user_with_more_permissions_returns_403,
    users_cannot_reset_their_own_factors,
);

fn path(user: &User) -> String {
    format!("/admin/users/{}/mfa", user.id)
}

async fn factors_are_listed_without_their_secrets(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    admin.get(&path(&ada)).await.is(200, &json!({ "mfa_factors": [] }));
    let factor = app.enrol(&ada).await;
    let listed = admin.get(&path(&ada)).await;
    assert_eq!(listed.ok(), ada.get("/auth/mfa/factors").await.ok());
    assert!(listed.text().contains(&factor.id) && !listed.text().contains(&factor.secret));
    for id in ["user_nosuch", "me", "%00"] {
        assert_eq!(admin.get(&format!("/admin/users/{id}/mfa")).await.status, 404);
        assert_eq!(admin.delete(&format!("/admin/users/{id}/mfa")).await.status, 404);
    }
}

async fn a_reset_removes_all_factors_and_records_it(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let factor = app.enrol(&ada).await;
    ada.post("/auth/mfa/recovery-codes", json!({})).await.ok();
    let half = app.pending_sign_in("ada@example.com").await;
    let answer = admin.delete(&path(&ada)).await;
    answer.is(200, &json!({ "id": ada.id, "object": "user_mfa", "deleted": true }));
    assert_eq!(half.answer("totp", &app.next_code(&factor.secret)).await.status, 404);
    app.anonymous().sign_in_as_user("ada@example.com", crate::support::PASSWORD).await;
    assert_eq!(app.count("auth_mfa_recovery_codes").await, 0);
    assert_eq!(app.count("auth_mfa_factors WHERE secret IS NOT NULL").await, 0);
    let names: Vec<String> = app.mfa_events().await.into_iter().map(|event| event.0).collect();
    assert_eq!(names, ["auth.mfa_enabled", "auth.mfa_recovery_codes_generated", "auth.mfa_disabled"]);
    let rows =
        format!("audit_entries WHERE action = 'mfa.reset' AND actor_id = '{}' AND target_id = '{}'", admin.id, ada.id);
    assert_eq!(app.count(&rows).await, 1);
    let ada = app.user("ada@example.com").await;
    app.enrol(&ada).await;
}

/// security.md 5
async fn reset_of_a_user_with_more_permissions_returns_403(app: TestApp) {
    let (admin, ada, bob) = (app.admin().await, app.user("ada@example.com").await, app.user("bob@example.com").await);
    let policy = async |resource, operation| {
        let found = CreatePolicy::new(resource, operation);
        let filter = PolicyField::Key.eq(found.key.as_str());
        let found = app.flows.rbac().list_rbac_policies(&filter, &FindConfig::default()).await.unwrap();
        found[0].id.clone()
    };
    let mut helper = CreateRole::new("Helper");
    helper.policy_ids = vec![policy("user", "read").await, policy("mfa", "delete").await];
    let helper = app.flows.rbac().create_rbac_roles(helper).await.unwrap();
    for user in [&ada, &bob] {
        app.flows.rbac().remove_roles(&user.id, &[RoleId::super_admin()]).await.unwrap();
    }
    app.enrol(&admin).await;
    app.enrol(&bob).await;
    let refused = ada.delete(&path(&bob)).await;
    refused.is_error(403, "forbidden", "Insufficient permissions. Required policies: mfa:delete");
    app.flows.rbac().assign_roles(&ada.id, std::slice::from_ref(&helper.id)).await.unwrap();
    let refused = ada.delete(&path(&admin)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("policies_missing")), "{}", refused.text());
    assert_eq!(admin.get("/auth/mfa/factors").await.ok()["mfa_factors"][0]["status"], "enabled");
    ada.delete(&path(&bob)).await.ok();
}

/// security.md 20: that would bypass the fresh proof.
async fn users_cannot_reset_their_own_factors(app: TestApp) {
    let admin = app.admin().await;
    app.enrol(&admin).await;
    let refused = admin.delete(&path(&admin)).await;
    let message = "To give up a factor of your own, send DELETE /auth/mfa/factors/{id}";
    refused.is_error(400, "not_allowed", message);
}
