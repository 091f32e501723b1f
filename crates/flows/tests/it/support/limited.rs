//! Users with few permissions.

use vestibule_core::{Field as _, FindConfig};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_rbac::{CreateRole, PolicyField, RoleId};
use vestibule_user::User;

use super::{PASSWORD, Site, account};

impl Site {
    /// Creates a role with these built-in policies.
    pub(crate) async fn role_of(&self, name: &str, policies: &[&str]) -> RoleId {
        let rbac = self.flows.rbac();
        let filter = PolicyField::Key.is_in(policies.iter().copied());
        let found = rbac.list_rbac_policies(&filter, &FindConfig::default()).await.unwrap();
        assert_eq!(found.len(), policies.len(), "{policies:?}");
        let mut role = CreateRole::new(name);
        role.policy_ids = found.into_iter().map(|policy| policy.id).collect();
        rbac.create_rbac_roles(role).await.unwrap().id
    }

    /// Creates a user with [`PASSWORD`] and these roles.
    pub(crate) async fn user_with(&self, address: &str, roles: Vec<RoleId>) -> User {
        let account =
            CreateUserAccount { roles: Some(roles), ..account(address, SignInMethod::Password(PASSWORD.to_owned())) };
        self.flows.create_user_account(&account, &Context::operator()).await.unwrap().user
    }
}
