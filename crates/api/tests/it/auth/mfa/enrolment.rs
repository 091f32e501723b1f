//! A role that requires a second factor: a user without one reaches enrolment and nothing else (security.md 18).

use serde_json::json;
use vestibule_api::routes::ROUTES;
use vestibule_rbac::{CreateRole, RoleId};
use vestibule_testing::on_both_engines;
use vestibule_web::access::Access;

use crate::support::TestApp;

on_both_engines!(
    a_user_who_must_have_a_factor_reaches_enrolment_only,
    removing_the_factor_requires_enrolment_again,
    child_of_a_role_that_requires_a_factor_requires_it,
);

async fn careful_role(app: &TestApp, user: &str) {
    let mut role = CreateRole::new("Careful");
    role.requires_mfa = true;
    let role = app.flows.rbac().create_rbac_roles(role).await.unwrap();
    app.flows.rbac().assign_roles(user, &[role.id, RoleId::super_admin()]).await.unwrap();
}

async fn a_user_who_must_have_a_factor_reaches_enrolment_only(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    careful_role(&app, &ada.id).await;
    let mut closed = 0;
    for route in ROUTES {
        let is_open = matches!(
            route.access,
            Access::Public | Access::Bearer | Access::Challenge | Access::Enrolment | Access::Factors
        );
        if !is_open {
            closed += 1;
            let answer = ada.ask(route.method, &route.path.replace("{id}", &ada.id)).await;
            let received = (answer.status, answer.json()["code"].clone());
            assert_eq!(received, (403, json!("mfa_enrolment_required")), "{} {}", route.method, route.path);
        }
    }
    assert!(closed > 10, "{closed}");
    admin.get("/admin/users/me").await.ok();
    // A client requests this first, and shows enrolment only once it knows who is signed in.
    assert_eq!(ada.get("/admin/users/me").await.ok()["user"]["id"], json!(ada.id));
    ada.get("/auth/mfa/factors").await.ok();
    let factor = app.enrol(&ada).await;
    ada.get("/admin/users/me").await.ok();
    ada.post("/auth/mfa/recovery-codes", json!({})).await.ok();
    let half = app.pending_sign_in("ada@example.com").await;
    let token = half.answer("totp", &app.next_code(&factor.secret)).await.ok()["token"].clone();
    app.bearer(token.as_str().unwrap()).get("/admin/users/me").await.ok();
}

async fn removing_the_factor_requires_enrolment_again(app: TestApp) {
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    careful_role(&app, &ada.id).await;
    let factor = app.enrol(&ada).await;
    let due = async || {
        let answer = ada.get("/admin/users").await;
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("mfa_enrolment_required")));
    };
    ada.get("/admin/users/me").await.ok();
    ada.delete(&format!("/auth/mfa/factors/{}", factor.id)).await.ok();
    due().await;
    app.enrol(&ada).await;
    ada.get("/admin/users").await.ok();
    admin.delete(&format!("/admin/users/{}/mfa", ada.id)).await.ok();
    due().await;
}

async fn child_of_a_role_that_requires_a_factor_requires_it(app: TestApp) {
    let admin = app.admin().await;
    let parent = app.role("Parent", &["user:read"]).await.id;
    let child = admin.post("/admin/rbac/roles", json!({ "name": "Child", "parent_id": parent })).await.ok();
    let child: RoleId = child["role"]["id"].as_str().unwrap().parse().unwrap();
    let ada = app.user_with("ada@example.com", &[&child]).await;
    let (path, child_path) = (format!("/admin/rbac/roles/{parent}"), format!("/admin/rbac/roles/{child}"));
    // At the next request, however the requirement changes.
    for (change, is_required) in [
        (admin.post(&path, json!({ "requires_mfa": true })), true),
        (admin.post(&path, json!({ "requires_mfa": false })), false),
        (admin.post(&path, json!({ "requires_mfa": true })), true),
        (admin.post(&child_path, json!({ "parent_id": null })), false),
        (admin.post(&child_path, json!({ "parent_ids": [parent] })), true),
        (admin.delete(&path), false),
    ] {
        change.await.ok();
        let answer = ada.get("/admin/rbac/me/permissions").await;
        assert_eq!(answer.json()["code"] == "mfa_enrolment_required", is_required, "{}", answer.text());
        assert_eq!(answer.status, if is_required { 403 } else { 200 });
    }
    // The role itself reports only its own requirement.
    assert_eq!(admin.get(&child_path).await.ok()["role"]["requires_mfa"], false);
}
