//! Creating, changing and deleting policies.

use serde_json::{Value as Json, json};
use vestibule_audit::Action;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::policies::UpdatePoliciesError;
use vestibule_rbac::{CreatePolicy, Permissions, Policy, PolicyId, UpdatePolicy};

use super::{ChangePolicyError, refuse_lacking_policies};
use crate::authority::{Target, refuse_above};
use crate::{Context, Flows, GrantError};

impl Flows {
    /// Creates a policy, which no role has yet.
    ///
    /// # Errors
    ///
    /// [`ChangePolicyError`].
    pub async fn create_policy(&self, policy: &CreatePolicy, context: &Context) -> Result<Policy, ChangePolicyError> {
        transaction!(self.database, |transaction| {
            let policies = std::slice::from_ref(policy);
            let created = self.rbac.create_rbac_policies_within(transaction, policies).await?.into_iter().next();
            let created = created.ok_or_else(|| Error::Other("a policy was created and is not there".into()))?;
            let target = ("policy", created.id.as_str());
            self.record(transaction, context, Action::PolicyCreated, target, None, Some(audited(&created))).await?;
            Ok(created)
        })
    }

    /// Changes a policy that the caller has. A new key changes what every role with it allows: the caller must have
    /// that one too.
    ///
    /// # Errors
    ///
    /// [`ChangePolicyError`].
    pub async fn update_policy(&self, update: &UpdatePolicy, context: &Context) -> Result<Policy, ChangePolicyError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            let held = self.permissions_within(transaction, context).await?;
            let Some(before) = self.rbac.find_policy_within(&mut *transaction, &update.id).await? else {
                return Err(UpdatePoliciesError::NotFound { id: update.id.to_string() }.into());
            };
            refuse_above(Target::Policy, &held, &std::iter::once(before.key.clone()).collect())?;
            let updates = std::slice::from_ref(update);
            let after = self.rbac.update_rbac_policies_within(transaction, updates).await?.into_iter().next();
            let after = after.ok_or_else(|| Error::Other("a policy was changed and is not there".into()))?;
            if after.key != before.key {
                refuse_lacking_policies(&held, &std::iter::once(after.key.clone()).collect())?;
                self.check_may_change_holders_within(transaction, &held, &after.id).await?;
                context.check_access_change().map_err(GrantError::from)?;
            }
            if audited(&before) != audited(&after) {
                let (target, audited_after) = (("policy", after.id.as_str()), audited(&after));
                self.record(
                    transaction,
                    context,
                    Action::PolicyUpdated,
                    target,
                    Some(audited(&before)),
                    Some(audited_after),
                )
                .await?;
            }
            Ok(after)
        })
    }

    /// Refuses to change a policy of a role that allows, or from which a role inherits that allows, more than the
    /// caller may do.
    async fn check_may_change_holders_within(
        &self,
        transaction: &mut Transaction,
        held: &Permissions,
        policy: &PolicyId,
    ) -> Result<(), ChangePolicyError> {
        for role in self.rbac.roles_with_policy(&mut *transaction, policy).await? {
            self.check_may_change_role_within(transaction, held, &role).await?;
        }
        Ok(())
    }

    /// Deletes a policy that the caller has; roles lose it. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`ChangePolicyError`].
    pub async fn delete_policy(&self, id: &PolicyId, context: &Context) -> Result<bool, ChangePolicyError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            let Some(before) = self.rbac.find_policy_within(&mut *transaction, id).await? else {
                return Ok(false);
            };
            let held = self.permissions_within(transaction, context).await?;
            refuse_above(Target::Policy, &held, &std::iter::once(before.key.clone()).collect())?;
            self.check_may_change_holders_within(transaction, &held, id).await?;
            self.rbac.delete_rbac_policies_within(transaction, std::slice::from_ref(id)).await?;
            self.record(
                transaction,
                context,
                Action::PolicyDeleted,
                ("policy", id.as_str()),
                Some(audited(&before)),
                None,
            )
            .await?;
            Ok(true)
        })
    }
}

/// A policy as the audit log shows it.
fn audited(policy: &Policy) -> Json {
    json!({ "key": policy.key, "name": policy.name, "description": policy.description })
}
