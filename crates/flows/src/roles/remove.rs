//! Taking roles from users.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_database::{Transaction, transaction};
use vestibule_rbac::{Permissions, RoleId};
use vestibule_user::UserId;

use super::UserRolesError;
use super::assign::in_order;
use crate::actor::refuse_lacking;
use crate::{Context, Flows, GrantError};

impl Flows {
    /// Takes roles from a user, none of which allows more than the caller may do. Roles that the user does not have, or
    /// that do not exist, are ignored. The last super admin stays one.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn remove_roles(&self, user: UserId, roles: &[RoleId], context: &Context) -> Result<(), UserRolesError> {
        transaction!(self.database, |transaction| {
            self.check_removal_within(transaction, &[user], roles, context).await?;
            self.remove_within(transaction, user, roles, context).await
        })
    }

    /// Takes a role from users, from all of them or from none.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn remove_role_from_users(
        &self,
        role: &RoleId,
        users: &[UserId],
        context: &Context,
    ) -> Result<(), UserRolesError> {
        let (roles, users) = (std::slice::from_ref(role), in_order(users));
        transaction!(self.database, |transaction| {
            self.check_removal_within(transaction, &users, roles, context).await?;
            for user in &users {
                self.remove_within(transaction, *user, roles, context).await?;
            }
            Ok(())
        })
    }

    /// Refuses to take roles that allow more than the caller may do, or from users who may. Locks the users' rows, and
    /// returns what the caller may do.
    pub(crate) async fn check_removal_within(
        &self,
        transaction: &mut Transaction,
        users: &[UserId],
        roles: &[RoleId],
        context: &Context,
    ) -> Result<Permissions, UserRolesError> {
        if roles.iter().any(RoleId::is_super_admin) {
            // Before the rows of users: see the order of locks in docs/architecture.md.
            self.rbac.lock_within(transaction).await?;
        }
        let held = self.check_may_act_on_each_within(transaction, context, users).await?;
        let (mut taken, mut requires_mfa) = (Permissions::default(), false);
        for role in roles {
            let role = self.rbac.find_role_within(&mut *transaction, role).await?;
            role.iter().for_each(|role| taken.extend(&role.grants));
            requires_mfa |= role.is_some_and(|role| role.requires_mfa);
        }
        refuse_lacking(&held, &taken)?;
        if requires_mfa {
            context.check_access_change().map_err(GrantError::from)?;
        }
        Ok(held)
    }

    pub(crate) async fn remove_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        roles: &[RoleId],
        context: &Context,
    ) -> Result<(), UserRolesError> {
        if roles.iter().any(RoleId::is_super_admin) {
            self.keep_a_super_admin_within(transaction, user).await?;
        }
        let subject = user.to_string();
        let before = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
        self.rbac.remove_roles_within(transaction, &subject, roles).await?;
        let after = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
        if before != after {
            let (before, after) = (json!({ "roles": before }), json!({ "roles": after }));
            let target = ("user", subject.as_str());
            self.record(transaction, context, Action::UserRolesRemoved, target, Some(before), Some(after)).await?;
        }
        Ok(())
    }
}
