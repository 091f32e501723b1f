//! Giving roles to users.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, Permissions, Role, RoleId};
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use crate::actor::refuse_lacking;
use crate::{Context, Flows, GrantError, InviteError, LastSuperAdminError};

/// Why the roles of users were not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum UserRolesError {
    /// There is no such user, or no longer.
    #[kind(NotFound)]
    #[error("User with id \"{id}\" not found")]
    User {
        /// The id that was given.
        id: String,
    },
    /// There is no such role, or no longer.
    #[kind(NotFound)]
    #[error("Role with id \"{id}\" not found")]
    Role {
        /// The id that was given.
        id: String,
    },
    /// There are no such roles.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// The caller lacks what the roles give.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The user's invite cannot be sent again.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// No super admin would be left.
    #[error(transparent)]
    Last(#[from] LastSuperAdminError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Gives a user roles, none of which allows more than the caller may do. Returns the user's roles.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn assign_roles(
        &self,
        user: UserId,
        roles: &[RoleId],
        context: &Context,
    ) -> Result<Vec<Role>, UserRolesError> {
        transaction!(self.database, |transaction| {
            let held = self.check_may_act_on_within(transaction, context, user).await?;
            let grants = self.rbac.grants_of_roles(&mut *transaction, roles).await?;
            self.assign_within(transaction, user, roles, (&held, &grants), context).await?;
            Ok(self.rbac.roles_of(&mut *transaction, &user.to_string()).await?)
        })
    }

    /// Gives a user roles and takes others away, all or nothing, checked against what the caller may do before.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn change_roles(
        &self,
        user: UserId,
        given: &[RoleId],
        taken: &[RoleId],
        context: &Context,
    ) -> Result<(), UserRolesError> {
        transaction!(self.database, |transaction| {
            let held = self.check_removal_within(transaction, &[user], taken, context).await?;
            let grants = self.rbac.grants_of_roles(&mut *transaction, given).await?;
            self.assign_within(transaction, user, given, (&held, &grants), context).await?;
            self.remove_within(transaction, user, taken, context).await
        })
    }

    /// Gives users a role, all of them or none.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn assign_role_to_users(
        &self,
        role: &RoleId,
        users: &[UserId],
        context: &Context,
    ) -> Result<(), UserRolesError> {
        let users = in_order(users);
        transaction!(self.database, |transaction| {
            let held = self.check_may_act_on_each_within(transaction, context, &users).await?;
            let Some(present) = self.rbac.find_role_within(&mut *transaction, role).await? else {
                return Err(UserRolesError::Role { id: role.to_string() });
            };
            for user in &users {
                let roles = std::slice::from_ref(role);
                self.assign_within(transaction, *user, roles, (&held, &present.grants), context).await?;
            }
            Ok(())
        })
    }

    pub(crate) async fn assign_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        roles: &[RoleId],
        (held, grants): (&Permissions, &Permissions),
        context: &Context,
    ) -> Result<(), UserRolesError> {
        // The user's row is locked already, and stays: no one could take away a role of a deleted user.
        match self.users.retrieve_user_within(&mut *transaction, user).await {
            Ok(_) => {}
            Err(RetrieveUserError::Database(error)) => return Err(error.into()),
            Err(_) => return Err(UserRolesError::User { id: user.to_string() }),
        }
        refuse_lacking(held, grants)?;
        if !roles.is_empty() {
            context.check_access_change_of(user).map_err(GrantError::from)?;
        }
        let subject = user.to_string();
        let before = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
        self.rbac.assign_roles_within(transaction, &subject, roles).await?;
        let after = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
        if before != after {
            let (before, after) = (json!({ "roles": before }), json!({ "roles": after }));
            let target = ("user", subject.as_str());
            self.record(transaction, context, Action::UserRolesAssigned, target, Some(before), Some(after)).await?;
            self.replace_link_within(transaction, user, context).await?;
        }
        Ok(())
    }
}

/// The users without duplicates, in the order in which their rows are locked: no two transactions wait for each other.
pub(crate) fn in_order(users: &[UserId]) -> Vec<UserId> {
    let mut users = users.to_vec();
    users.sort_unstable();
    users.dedup();
    users
}
