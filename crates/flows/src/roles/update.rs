//! Changing roles.

use vestibule_audit::Action;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::roles::UpdateRolesError;
use vestibule_rbac::{Permissions, PolicyId, Role, RoleId, UpdateRole};

use super::{ChangeRoleError, refuse_lacking_policies};
use crate::authority::{Target, refuse_above};
use crate::{Context, Flows, GrantError};

impl Flows {
    /// Changes a role that allows nothing the caller may not do. If its parents change, or whether it requires a second
    /// factor, the same holds for the roles that inherit from it, and for the parents.
    ///
    /// # Errors
    ///
    /// [`ChangeRoleError`].
    pub async fn update_role(&self, update: &UpdateRole, context: &Context) -> Result<Role, ChangeRoleError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            let held = self.permissions_within(transaction, context).await?;
            self.update_role_within(transaction, update, (&held, context)).await
        })
    }

    /// Changes a role, gives it policies and takes others away, all or nothing, checked against what the caller may do
    /// before.
    ///
    /// # Errors
    ///
    /// [`ChangeRoleError`].
    pub async fn change_role(
        &self,
        update: &UpdateRole,
        given: &[PolicyId],
        taken: &[PolicyId],
        context: &Context,
    ) -> Result<(), ChangeRoleError> {
        transaction!(self.database, |transaction| {
            self.rbac.lock_within(transaction).await?;
            let held = self.permissions_within(transaction, context).await?;
            self.update_role_within(transaction, update, (&held, context)).await?;
            if !given.is_empty() {
                self.add_role_policies_within(transaction, &update.id, given, (&held, context)).await?;
            }
            for policy in taken {
                self.remove_role_policy_within(transaction, &update.id, policy, (&held, context)).await?;
            }
            Ok(())
        })
    }

    /// Changes a role, for a caller who holds the lock and these permissions.
    pub(crate) async fn update_role_within(
        &self,
        transaction: &mut Transaction,
        update: &UpdateRole,
        (held, context): (&Permissions, &Context),
    ) -> Result<Role, ChangeRoleError> {
        let Some(before) = self.rbac.find_role_within(&mut *transaction, &update.id).await? else {
            return Err(UpdateRolesError::NotFound { id: update.id.to_string() }.into());
        };
        refuse_above(Target::Role, held, &before.grants)?;
        let mut changed = Permissions::default();
        let mut changes_below = update.requires_mfa.is_some_and(|requires| requires != before.requires_mfa);
        if let Some(parents) = &update.parent_ids {
            let present = self.rbac.parents_of_role(&mut *transaction, &before.id).await?;
            for gone in present.iter().filter(|parent| !parents.contains(&parent.id)) {
                changed.extend(&gone.grants);
                changes_below = true;
            }
            let is_new = |id: &&RoleId| present.iter().all(|parent| parent.id != **id);
            let new: Vec<RoleId> = parents.iter().filter(is_new).cloned().collect();
            changed.extend(&self.rbac.grants_of_roles(&mut *transaction, &new).await?);
            changes_below |= !new.is_empty();
        }
        if changes_below {
            self.check_may_change_role_within(transaction, held, &before).await?;
        }
        refuse_lacking_policies(held, &changed)?;
        if update.parent_ids.is_some() && !changed.is_empty()
            || update.requires_mfa == Some(false) && before.requires_mfa
        {
            context.check_access_change().map_err(GrantError::from)?;
        }
        let before_audited = self.audited_role_within(transaction, &before).await?;
        let was_due = self.is_factor_due_within(transaction, context).await?;
        let updates = std::slice::from_ref(update);
        let after = self.rbac.update_rbac_roles_within(transaction, updates).await?.into_iter().next();
        let after = after.ok_or_else(|| Error::Other("a role was changed and is not there".into()))?;
        self.check_enrolment_within(transaction, context, was_due).await?;
        let after_audited = self.audited_role_within(transaction, &after).await?;
        if before_audited != after_audited {
            let target = ("role", after.id.as_str());
            self.record(transaction, context, Action::RoleUpdated, target, Some(before_audited), Some(after_audited))
                .await?;
        }
        Ok(after)
    }
}
