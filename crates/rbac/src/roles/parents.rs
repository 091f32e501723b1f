//! The parents of a role, whose policies it inherits.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, Transaction, transaction, values};

use super::{Role, columns};
use crate::assignments::{AssignRolesError, UnknownRoles};
use crate::{RbacModule, RoleId};

/// Why the parents of a role were not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum SetParentsError {
    /// There is no such role, or no longer.
    #[error("Role with id \"{id}\" not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// Some of the parents do not exist.
    #[error(transparent)]
    Parents(#[from] UnknownRoles),
    /// The role would be its own ancestor.
    #[error("Role {role} cannot have {parent} as a parent: it would inherit from itself")]
    #[kind(InvalidData, code = "role_cycle")]
    Cycle {
        /// The role.
        role: String,
        /// The parent that closes the cycle.
        parent: String,
    },
    /// It is the super admin role.
    #[error("The super admin role has every policy and takes no parents")]
    #[kind(NotAllowed, code = "role_protected")]
    Protected,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<AssignRolesError> for SetParentsError {
    fn from(error: AssignRolesError) -> Self {
        match error {
            AssignRolesError::Roles(error) => error.into(),
            AssignRolesError::Database(error) => error.into(),
        }
    }
}

impl RbacModule {
    /// Gives a role these parents and no others.
    ///
    /// # Errors
    ///
    /// [`SetParentsError`].
    pub async fn set_role_parents(&self, role: &RoleId, parents: &[RoleId]) -> Result<(), SetParentsError> {
        transaction!(self.database, |transaction| self.set_role_parents_within(transaction, role, parents).await)
    }

    /// Gives a role these parents and no others, within a transaction.
    ///
    /// # Errors
    ///
    /// [`SetParentsError`]; the transaction must then be rolled back.
    pub async fn set_role_parents_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        parents: &[RoleId],
    ) -> Result<(), SetParentsError> {
        self.lock_within(transaction).await?;
        if self.find_role_within(&mut *transaction, role).await?.is_none() {
            return Err(SetParentsError::NotFound { id: role.to_string() });
        }
        transaction.execute_pipelined("DELETE FROM rbac_role_parents WHERE role_id = $1", values![role]).await?;
        self.add_role_parents_within(transaction, role, parents).await
    }

    /// Gives a role more parents, within a transaction. Those that it already has are ignored.
    ///
    /// # Errors
    ///
    /// [`SetParentsError`]; the transaction must then be rolled back.
    pub async fn add_role_parents_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        parents: &[RoleId],
    ) -> Result<(), SetParentsError> {
        if role.is_super_admin() && !parents.is_empty() {
            return Err(SetParentsError::Protected);
        }
        // Two callers who close a cycle from both ends would each see one half of it; with the lock, the second sees
        // all.
        self.lock_within(transaction).await?;
        self.refuse_unknown_roles_within(&mut *transaction, parents).await?;
        let descendants = self.with_descendants_within(transaction, role).await?;
        if descendants.is_empty() {
            return Err(SetParentsError::NotFound { id: role.to_string() });
        }
        for parent in parents {
            if descendants.contains(parent) {
                return Err(SetParentsError::Cycle { role: role.to_string(), parent: parent.to_string() });
            }
            transaction
                .execute_pipelined(
                    "INSERT INTO rbac_role_parents (role_id, parent_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    values![role, parent],
                )
                .await?;
        }
        Ok(self.update_grants_within(transaction, std::slice::from_ref(role)).await?)
    }

    /// Takes a parent from a role, within a transaction. Returns whether it was one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn remove_role_parent_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
        parent: &RoleId,
    ) -> Result<bool, Error> {
        self.lock_within(transaction).await?;
        let text = "DELETE FROM rbac_role_parents WHERE role_id = $1 AND parent_id = $2";
        let gone = transaction.execute(text, values![role, parent]).await?;
        self.update_grants_within(transaction, std::slice::from_ref(role)).await?;
        Ok(gone > 0)
    }

    /// The parents of a role, oldest first.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn parents_of_role(
        &self,
        connection: impl Into<Connection<'_>>,
        role: &RoleId,
    ) -> Result<Vec<Role>, Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM rbac_roles WHERE id IN (SELECT parent_id FROM rbac_role_parents WHERE role_id = $1)
             AND deleted_at IS NULL ORDER BY created_at, id"
        );
        connection.into().query(text, values![role]).await
    }
}
