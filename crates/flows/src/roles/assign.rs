//! Giving roles to users.

use std::time::Duration;

use serde_json::json;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, Permissions, Role, RoleId};
use vestibule_user::UserId;

use crate::by::refuse_lacking;
use crate::{By, Flows, GrantError, LastSuperAdminError};

/// Why users have the roles that they had.
#[derive(Debug, thiserror::Error)]
pub enum UserRolesError {
    /// There is no such user, or none any more.
    #[error("User with id \"{id}\" not found")]
    User {
        /// Who was meant.
        id: String,
    },
    /// There is no such role, or none any more.
    #[error("Role with id \"{id}\" not found")]
    Role {
        /// Which was meant.
        id: String,
    },
    /// There are no such roles.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// Whoever wants it lacks what the roles give.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// Nobody would be left who may do everything.
    #[error(transparent)]
    Last(#[from] LastSuperAdminError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl UserRolesError {
    fn inner(&self) -> Option<&dyn DomainError> {
        match self {
            Self::User { .. } | Self::Role { .. } => None,
            Self::Roles(error) => Some(error),
            Self::Grant(error) => Some(error),
            Self::Last(error) => Some(error),
            Self::Database(error) => Some(error),
        }
    }
}

impl DomainError for UserRolesError {
    fn kind(&self) -> ErrorKind {
        self.inner().map_or(ErrorKind::NotFound, DomainError::kind)
    }

    fn code(&self) -> Option<&'static str> {
        self.inner()?.code()
    }

    fn retry_after(&self) -> Option<Duration> {
        self.inner()?.retry_after()
    }
}

impl Flows {
    /// Gives a user roles, none of which allows more than whoever gives them may do. Tells what roles he has now.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn assign_roles(&self, user: UserId, roles: &[RoleId], by: &By) -> Result<Vec<Role>, UserRolesError> {
        transaction!(self.database, |transaction| {
            let held = self.permissions_within(transaction, by).await?;
            let grants = self.rbac.grants_of_roles(&mut *transaction, roles).await?;
            self.assign_within(transaction, user, roles, (&held, &grants), by).await?;
            Ok(self.rbac.roles_of(&mut *transaction, &user.to_string()).await?)
        })
    }

    /// Gives a user roles and takes others from him, all or nothing, by what whoever does so may do before.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn change_roles(
        &self,
        user: UserId,
        given: &[RoleId],
        taken: &[RoleId],
        by: &By,
    ) -> Result<(), UserRolesError> {
        transaction!(self.database, |transaction| {
            if !taken.is_empty() {
                self.check_removal_within(transaction, taken, by).await?;
            }
            let held = self.permissions_within(transaction, by).await?;
            let grants = self.rbac.grants_of_roles(&mut *transaction, given).await?;
            self.assign_within(transaction, user, given, (&held, &grants), by).await?;
            self.remove_within(transaction, user, taken, by).await
        })
    }

    /// Gives users a role, all of them or none.
    ///
    /// # Errors
    ///
    /// [`UserRolesError`].
    pub async fn assign_role_to_users(&self, role: &RoleId, users: &[UserId], by: &By) -> Result<(), UserRolesError> {
        let mut users = users.to_vec();
        // In one order, so that no two transactions wait for each other.
        users.sort_unstable();
        users.dedup();
        transaction!(self.database, |transaction| {
            let held = self.permissions_within(transaction, by).await?;
            let Some(present) = self.rbac.find_role_within(&mut *transaction, role).await? else {
                return Err(UserRolesError::Role { id: role.to_string() });
            };
            for user in &users {
                let roles = std::slice::from_ref(role);
                self.assign_within(transaction, *user, roles, (&held, &present.grants), by).await?;
            }
            Ok(())
        })
    }

    async fn assign_within(
        &self,
        transaction: &mut Transaction,
        user: UserId,
        roles: &[RoleId],
        (held, grants): (&Permissions, &Permissions),
        by: &By,
    ) -> Result<(), UserRolesError> {
        // He is not removed meanwhile: a role of somebody who is gone would be nobody's to take away.
        if self.users.lock_two_users_within(transaction, user, user).await?.is_empty() {
            return Err(UserRolesError::User { id: user.to_string() });
        }
        refuse_lacking(held, grants)?;
        let subject = user.to_string();
        let before = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
        self.rbac.assign_roles_within(transaction, &subject, roles).await?;
        let after = self.rbac.role_ids_of(&mut *transaction, &subject).await?;
        if before != after {
            let (before, after) = (json!({ "roles": before }), json!({ "roles": after }));
            let target = ("user", subject.as_str());
            self.record(transaction, by, "user.roles_assigned", target, Some(before), Some(after)).await?;
        }
        Ok(())
    }
}
