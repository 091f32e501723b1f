//! Users and API keys with few permissions.

use serde_json::{Value as Json, json};
use vestibule_core::{Field as _, FindConfig};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_rbac::{CreateRole, PolicyField, RoleId};
use vestibule_user::CreateUser;

use super::{Client, PASSWORD, TestApp, User};

impl TestApp {
    /// A role with these policies, all of them built in.
    pub(crate) async fn role_of(&self, name: &str, policies: &[&str]) -> RoleId {
        let rbac = self.flows.rbac();
        let filter = PolicyField::Key.is_in(policies.iter().copied());
        let found = rbac.list_rbac_policies(&filter, &FindConfig::default()).await.unwrap();
        assert_eq!(found.len(), policies.len(), "{policies:?}");
        let mut role = CreateRole::new(name);
        role.policy_ids = found.into_iter().map(|policy| policy.id).collect();
        rbac.create_rbac_roles(role).await.unwrap().id
    }

    /// A new user with [`PASSWORD`] and these policies, by a role of their own, signed in.
    pub(crate) async fn limited(&self, email: &str, policies: &[&str]) -> User {
        let role = self.role_of(&format!("of {email}"), policies).await;
        let account = CreateUserAccount {
            user: CreateUser::new(email.parse().unwrap()),
            sign_in_method: SignInMethod::Password(PASSWORD.into()),
            roles: Some(vec![role]),
        };
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap();
        self.anonymous().sign_in_as_user(email, PASSWORD).await
    }

    /// A client with this value as HTTP Basic, valid or not.
    pub(crate) fn basic(&self, value: &str) -> Client {
        Client::clone(&self.anonymous()).with_header("authorization", &format!("Basic {value}"))
    }
}

impl User {
    /// Creates an API key with these roles, or, without a list, with those of its creator.
    pub(crate) async fn api_key(&self, title: &str, roles: Option<&[&RoleId]>) -> MadeKey {
        let mut body = json!({ "title": title, "type": "secret" });
        if let Some(roles) = roles {
            body["roles"] = json!(roles);
        }
        MadeKey::of(&self.post("/admin/api-keys", body).await.ok()["api_key"])
    }
}

/// An API key that was just created.
#[derive(Debug, Clone)]
pub(crate) struct MadeKey {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) redacted: String,
}

impl MadeKey {
    /// The API key of a response.
    pub(crate) fn of(key: &Json) -> Self {
        let text = |name: &str| key[name].as_str().unwrap().to_owned();
        Self { id: text("id"), token: text("token"), redacted: text("redacted") }
    }
}
