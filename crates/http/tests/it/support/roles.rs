//! Roles, and people who have them.

use vestibule_core::{Field as _, FindConfig};
use vestibule_flows::{By, CreateUserAccount, WayIn};
use vestibule_rbac::{CreatePolicy, CreateRole, PolicyField, PolicyId, Role, RoleId};
use vestibule_user::CreateUser;

use super::{PASSWORD, TestApp, User};

impl TestApp {
    /// The id of the policy of this key, made where it is missing.
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

    /// A role with these policies, as the command line makes it.
    pub(crate) async fn role(&self, name: &str, keys: &[&str]) -> Role {
        let mut role = CreateRole::new(name);
        for key in keys {
            role.policy_ids.push(self.policy(key).await);
        }
        self.flows.create_role(&role, &By::operator()).await.unwrap()
    }

    /// Somebody who has these roles and no others, signed in.
    pub(crate) async fn user_with(&self, email: &str, roles: &[&RoleId]) -> User {
        let roles = roles.iter().map(|role| RoleId::clone(role)).collect();
        let user = CreateUser::new(email.parse().unwrap());
        let account = CreateUserAccount { user, way_in: WayIn::Password(PASSWORD.into()), roles: Some(roles) };
        self.flows.create_user_account(&account, &By::operator()).await.unwrap();
        self.anonymous().sign_in_as_user(email, PASSWORD).await
    }

    /// Somebody who may do this and nothing else, by a role that is named after his address.
    pub(crate) async fn user_who_may(&self, email: &str, keys: &[&str]) -> User {
        let role = self.role(&format!("Role of {email}"), keys).await;
        self.user_with(email, &[&role.id]).await
    }
}

impl User {
    /// What he may do, as he is told.
    pub(crate) async fn permissions(&self) -> Vec<String> {
        let answer = self.get("/admin/rbac/me/permissions").await.ok();
        answer["permissions"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
    }
}
