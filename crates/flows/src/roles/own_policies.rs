//! Giving policies to roles, and taking them away.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{Permissions, PolicyId, RoleId, RolePolicy, RolePolicyId};

use super::{ChangeRoleError, refuse_lacking_policies};
use crate::{Context, Flows, GrantError};

impl Flows {
    /// Gives a role policies that the caller has.
    ///
    /// # Errors
    ///
    /// [`ChangeRoleError`].
    pub async fn add_role_policies(
        &self,
        role: &RoleId,
        policies: &[PolicyId],
        context: &Context,
    ) -> Result<Vec<RolePolicy>, ChangeRoleError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            let held = self.permissions_within(transaction, context).await?;
            self.add_role_policies_within(transaction, role, policies, (&held, context)).await
        })
    }

    /// Gives a role policies, for a caller who holds the lock and these permissions.
    pub(super) async fn add_role_policies_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        policies: &[PolicyId],
        (held, context): (&Permissions, &Context),
    ) -> Result<Vec<RolePolicy>, ChangeRoleError> {
        self.check_may_change_policies_within(transaction, held, role).await?;
        let before = self.own_policies_within(transaction, role).await?;
        let added = self.rbac.add_role_policies_within(transaction, role, policies).await?;
        let mut given = Permissions::default();
        for policy in policies {
            let policy = self.rbac.find_policy_within(&mut *transaction, policy).await?;
            policy.iter().for_each(|policy| given.add(&policy.key));
        }
        refuse_lacking_policies(held, &given)?;
        context.check_access_change().map_err(GrantError::from)?;
        let after = self.own_policies_within(transaction, role).await?;
        let (before, after) = (json!({ "policies": before }), json!({ "policies": after }));
        let target = ("role", role.as_str());
        self.record(transaction, context, Action::RolePoliciesAdded, target, Some(before), Some(after)).await?;
        Ok(added)
    }

    /// Takes a policy that the caller has from a role, and returns it; `None` if the role did not have it.
    ///
    /// # Errors
    ///
    /// [`ChangeRoleError`].
    pub async fn remove_role_policy(
        &self,
        role: &RoleId,
        policy: &PolicyId,
        context: &Context,
    ) -> Result<Option<RolePolicyId>, ChangeRoleError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            let held = self.permissions_within(transaction, context).await?;
            self.remove_role_policy_within(transaction, role, policy, (&held, context)).await
        })
    }

    /// Takes a policy from a role, for a caller who holds the lock and these permissions.
    pub(super) async fn remove_role_policy_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        policy: &PolicyId,
        (held, context): (&Permissions, &Context),
    ) -> Result<Option<RolePolicyId>, ChangeRoleError> {
        self.check_may_change_policies_within(transaction, held, role).await?;
        let before = self.own_policies_within(transaction, role).await?;
        let mut taken = Permissions::default();
        if let Some(policy) = self.rbac.find_policy_within(&mut *transaction, policy).await? {
            taken.add(&policy.key);
        }
        refuse_lacking_policies(held, &taken)?;
        let gone = self.rbac.remove_role_policy_within(transaction, role, policy).await?;
        if gone.is_some() {
            let after = self.own_policies_within(transaction, role).await?;
            let (before, after) = (json!({ "policies": before }), json!({ "policies": after }));
            let target = ("role", role.as_str());
            self.record(transaction, context, Action::RolePoliciesRemoved, target, Some(before), Some(after)).await?;
        }
        Ok(gone)
    }

    /// A role that does not exist is reported by the change itself.
    async fn check_may_change_policies_within(
        &self,
        transaction: &mut Transaction,
        held: &Permissions,
        role: &RoleId,
    ) -> Result<(), ChangeRoleError> {
        match self.rbac.find_role_within(&mut *transaction, role).await? {
            Some(role) => Ok(self.check_may_change_role_within(transaction, held, &role).await?),
            None => Ok(()),
        }
    }

    /// The keys of the policies that a role has directly.
    async fn own_policies_within(&self, transaction: &mut Transaction, role: &RoleId) -> Result<Vec<String>, Error> {
        let held = self.rbac.list_policies_for_role(&mut *transaction, role).await?;
        Ok(held.into_iter().filter(|held| held.inherited_from.is_none()).map(|held| held.policy.key).collect())
    }
}
