//! Roles, and users with roles.

use serde_json::{Value as Json, json};
use vestibule_core::{Field as _, FindConfig};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_rbac::{CreatePolicy, CreateRole, PolicyField, PolicyId, Role, RoleId};
use vestibule_user::CreateUser;

use super::{PASSWORD, TestApp, User};

impl TestApp {
    /// The id of the policy with this key, created where it is missing.
    pub(crate) async fn policy(&self, key: &str) -> PolicyId {
        let rbac = self.flows.rbac();
        let found = rbac.list_rbac_policies(&PolicyField::Key.eq(key), &FindConfig::default()).await.unwrap().pop();
        match found {
            Some(policy) => policy.id,
            None => {
                let (resource, operation) = key.split_once(':').unwrap();
                rbac.create_rbac_policies(CreatePolicy::new(resource, operation)).await.unwrap().id
            }
        }
    }

    /// A role with these policies, created as by the command line.
    pub(crate) async fn role(&self, name: &str, keys: &[&str]) -> Role {
        let mut role = CreateRole::new(name);
        for key in keys {
            role.policy_ids.push(self.policy(key).await);
        }
        self.flows.create_role(&role, &Context::operator()).await.unwrap()
    }

    /// A user with these roles and no others, signed in.
    pub(crate) async fn user_with(&self, email: &str, roles: &[&RoleId]) -> User {
        let roles = roles.iter().copied().cloned().collect();
        let user = CreateUser::new(email.parse().unwrap());
        let account =
            CreateUserAccount { user, sign_in_method: SignInMethod::Password(PASSWORD.into()), roles: Some(roles) };
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap();
        self.anonymous().sign_in_as_user(email, PASSWORD).await
    }

    /// A user with these policies and no others, by a role that is named after the address.
    pub(crate) async fn user_who_may(&self, email: &str, keys: &[&str]) -> User {
        let role = self.role(&format!("Role of {email}"), keys).await;
        self.user_with(email, &[&role.id]).await
    }
}

impl User {
    /// The permissions that the API reports.
    pub(crate) async fn permissions(&self) -> Vec<String> {
        let answer = self.get("/admin/rbac/me/permissions").await.ok();
        answer["permissions"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
    }
}

/// What a valid request of these routes refers to.
#[derive(Debug, Clone)]
pub(crate) struct RoleScene {
    user: String,
    role: RoleId,
    policy: PolicyId,
    other: PolicyId,
}

impl RoleScene {
    /// A role, its policy, and a policy that it does not have.
    pub(crate) async fn of(app: &TestApp, user: &User) -> Self {
        let role = app.role("Role of the scene", &["user:read"]).await.id;
        let (policy, other) = (app.policy("user:read").await, app.policy("invite:read").await);
        Self { user: user.id.clone(), role, policy, other }
    }

    /// Path and body of a request that is valid where the route is one of roles and policies; what it deletes does not
    /// exist.
    pub(crate) fn request(&self, method: &str, path: &str, number: usize) -> Option<(String, Json)> {
        if !path.starts_with("/admin/rbac/") && !path.contains("/roles") {
            return None;
        }
        let body = match (method, path) {
            ("POST" | "DELETE", "/admin/users/{id}/roles") => json!({ "roles": [self.role] }),
            ("POST", "/admin/rbac/roles/{id}/users") => json!({ "users": [self.user] }),
            ("DELETE", "/admin/rbac/roles/{id}/users") => json!({ "users": ["user_nosuch"] }),
            ("POST", "/admin/rbac/roles") => json!({ "name": format!("New {number}") }),
            ("POST", "/admin/rbac/roles/{id}") => json!({ "description": null }),
            ("POST", "/admin/rbac/roles/{id}/policies") => json!({ "policies": [self.other] }),
            ("POST", "/admin/rbac/policies") => {
                json!({ "key": format!("new{number}:read"), "resource": format!("new{number}"), "operation": "read" })
            }
            ("POST", "/admin/rbac/policies/{id}") => json!({ "description": null }),
            _ => Json::Null,
        };
        let id = match (method, path.split('/').nth(3)) {
            ("DELETE", Some("roles")) if path == "/admin/rbac/roles/{id}" => "role_nosuch",
            ("DELETE", Some("policies")) => "rpol_nosuch",
            (_, Some("roles")) => self.role.as_str(),
            ("DELETE", _) => "user_nosuch",
            (_, Some("policies")) => self.policy.as_str(),
            _ => self.user.as_str(),
        };
        let mut path = path.replace("{role_id}", self.role.as_str()).replace("{policy_id}", "rpol_nosuch");
        path = path.replace("{id}", id);
        if path == "/admin/rbac/explain" {
            path = format!("{path}?user_id={}&policy=user:read", self.user);
        }
        Some((path, body))
    }
}
